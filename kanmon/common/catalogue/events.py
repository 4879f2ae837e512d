"""Messages about events to receivers outside, and about orders that were not delivered."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM3240-I",
        "Action started: events, operation {operation}, attempt {attempt}, {subject}.",
        "アクションを開始しました: イベント、処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3249-I",
        "Action ended: events, operation {operation}, {result}. {sentence}",
        "アクションを終了しました: イベント、処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM3250-I",
        "Events to {target} about {counted} at {level}: operation {operation}.",
        "{level} の {counted}について {target} へイベント: 処理 {operation}。",
    ),
    Message(
        "KNM3241-W",
        "No events are sent: events.targets has no address for {target}.",
        "イベントは送信されません: events.targets に {target} のアドレスがありません。",
        "An action policy wants events to a target that the settings do not know, or its address is not one.",
        "Add {target}=tls://host:6514 to events.targets, or name another target in the action policy; then retry the"
        " order.",
    ),
    Message(
        "KNM3242-W",
        "No events are sent to {target}: nothing speaks {scheme}://, only {known}.",
        "{target} へイベントは送信されません: {scheme}:// には対応していません（対応: {known}）。",
        "The scheme of the address in events.targets says how the receiver is spoken to.",
        "Correct the address; then retry the order.",
    ),
    Message(
        "KNM3243-W",
        "{target} ({host}) could not be told: {why}.",
        "{target}（{host}）に送信できませんでした: {why}",
        "No address, no connection, a certificate that is not trusted, or a connection that was lost before its end.",
        "Nothing at once: it is tried again. Check events.targets and events.ca_file, and the log of the receiver, when it"
        " goes on.",
    ),
    Message(
        "KNM3244-W",
        "{target} ({host}) did not end the connection within {seconds} s.",
        "{target}（{host}）は {seconds} 秒以内に接続を終了しませんでした。",
        "The receiver is slow, or has stopped, or keeps connections open although the other side has ended them.",
        "Nothing at once: it is tried again, as what may be a repeat. Look after the receiver when it goes on; raise"
        " events.timeout_seconds for a slow one.",
    ),
    Message(
        "KNM3245-E",
        "The events for {target} were not sent: {host} is at {address}, which is not a public address.",
        "{target} へのイベントは送信されませんでした: {host} のアドレス {address} は公開アドレスではありません。",
        "Private and loopback addresses are refused unless events.allow_private names the target, link-local and"
        " metadata addresses always.",
        "If the receiver is meant to be there, add {target} to events.allow_private; then retry the order.",
    ),
    Message(
        "KNM3246-E",
        "The events for {target} were not sent: without TLS only private addresses can be reached, and {host} is at"
        " {address}.",
        "{target} へのイベントは送信されませんでした: TLS なしで接続できるのはプライベートアドレスのみですが、{host} のアドレスは"
        " {address} です。",
        "Without TLS everybody on the way reads the list of PCs.",
        "Give the receiver a certificate, and write tls:// in events.targets; then retry the order.",
    ),
    Message(
        "KNM3247-I",
        "{target} has read to the end: events about {counted}.",
        "{target} が最後まで受信しました: {counted}のイベント。",
    ),
    Message(
        "KNM3248-W",
        "No events are sent to {target}: its address wants format={formats} and facility=0 to 23, and nothing else.",
        "{target} へイベントは送信されません: アドレスの指定は format={formats} と facility=0～23 のみです。",
        "What stands behind the question mark in events.targets is misspelt.",
        "Correct the address; then retry the order.",
    ),
    Message(
        "KNM3267-W",
        "{target} ({host}) can't take events now: {said}.",
        "{target}（{host}）は現在イベントを受信できません: {said}",
        "The receiver itself has said so.",
        "Nothing at once: it is tried again. Look after the receiver when it goes on.",
    ),
    Message(
        "KNM3268-E",
        "{target} ({host}) has refused the events: {said}.",
        "{target}（{host}）がイベントを拒否しました: {said}",
        "The receiver itself has said so, and would say so again.",
        "Look at the log of the receiver for the ids of the events; mend the cause, then retry the order.",
    ),
    Message(
        "KNM3260-W",
        "{count} orders were not delivered in the last {days} days, the newest by operation {operation}: {subject}.",
        "直近 {days} 日間に {count} 件の指示が実行されませんでした。最新は処理 {operation}: {subject}",
        "All tries have failed, the receiver refused, or the settings did not allow it; nobody has retried it or given"
        " it up.",
        "See kanmon orders --state failed for the reasons; mend the cause, then kanmon orders retry, or kanmon orders"
        " cancel for what is not wanted any more.",
        "すべての再試行が失敗したか、受信側に拒否されたか、設定により実行できませんでした。再試行も取り消しもされていません。",
        "kanmon orders --state failed で理由を確認し、原因を取り除いてから kanmon orders retry を実行してください。不要なものは"
        " kanmon orders cancel で取り消してください。",
    ),
    Message(
        "KNM3261-I",
        "Order given up by {actor}: operation {operation}, {subject}. {sentence}",
        "{actor} が指示を取り消しました: 処理 {operation}、{subject} {sentence}",
    ),
    Message(
        "KNM3262-I",
        "Order sent once more by {actor}: operation {operation}, {subject}. {sentence}",
        "{actor} が指示を再送しました: 処理 {operation}、{subject} {sentence}",
    ),
    Message(
        "KNM3263-E",
        "Order {order} is {state}: {verb} is for orders that are {wanted}.",
        "指示 {order} の状態は {state} です: {verb} は {wanted} の指示に対するものです。",
        "What is on its way, was delivered, or was given up can't be treated as if it were not.",
        "See the order (kanmon orders), and choose retry, replay or cancel by its state.",
    ),
    Message(
        "KNM3264-E",
        "{problem!r} is no state of orders; states: {states}.",
        "{problem!r} という指示の状態はありません。状態: {states}",
        "A misspelt state.",
        "Name one of them, or none for all orders.",
    ),
    Message(
        "KNM3265-E",
        "Name orders by their numbers, or all that were not delivered, but not both.",
        "指示を番号で指定するか、未達の指示すべてを指定してください（両方は指定できません）。",
        "Without a number nothing is done, so that nothing is done by mistake.",
        "kanmon orders retry 417 418, or kanmon orders retry --all-failed.",
    ),
    Message(
        "KNM3266-E",
        "The command of operation {operation} has left no output on this node: {why}.",
        "処理 {operation} のコマンドの出力はこのノードにありません: {why}",
        "Output is kept on the node that ran the command, for command.keep_days.",
        "Ask the node that is named, or see the end of the output in the result of the operation.",
    ),
)
