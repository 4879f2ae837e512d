"""Messages about actions."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM3001-I",
        "Action decision started: operation {operation}, attempt {attempt}, {subject}.",
        "アクションの決定を開始しました: 処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3002-I",
        "Action decision ended: operation {operation}, {result}, orders: {orders}, PCs: {pcs}. {sentence}",
        "アクションの決定を終了しました: 処理 {operation}、{result}、指示 {orders} 件、対象 {pcs} 台 {sentence}",
    ),
    Message(
        "KNM3011-I",
        "Action started: mail to administrators, operation {operation}, attempt {attempt}, {subject}.",
        "アクションを開始しました: 管理者へのメール、処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3012-I",
        "Action ended: mail to administrators, operation {operation}, {result}. {sentence}",
        "アクションを終了しました: 管理者へのメール、処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM3013-W",
        "No mail is sent: mail.server is not set.",
        "メールは送信されません: mail.server が設定されていません。",
        "An action policy wants a mail, and no SMTP server is known.",
        "Set mail.server and mail.administrators in kanmon.toml.",
    ),
    Message(
        "KNM3014-W",
        "No mail is sent: mail.administrators names nobody.",
        "メールは送信されません: mail.administrators に宛先がありません。",
        "An action policy wants a mail to administrators, and none is named.",
        "Set mail.administrators in kanmon.toml.",
    ),
    Message("KNM3015-I", "Sent to {count} addresses.", "{count} 件の宛先に送信しました。"),
    Message(
        "KNM3016-W",
        "Sent to {count} addresses; refused for {refused}: {why}.",
        "{count} 件の宛先に送信しました。{refused} は拒否されました: {why}",
        "The SMTP server does not accept some recipients.",
        "Correct the addresses in mail.administrators or in the action policy.",
    ),
    Message(
        "KNM3017-E",
        "The mail server {server} refused the mail: {why}.",
        "メールサーバー {server} がメールを拒否しました: {why}",
        "A permanent answer (5xx) of the SMTP server.",
        "Correct what the answer names: sender, recipients or sign-in.",
    ),
    Message(
        "KNM3018-W",
        "The mail server {server} could not be used: {why}.",
        "メールサーバー {server} を使用できませんでした: {why}",
        "No connection, a time-out, or a passing answer (4xx).",
        "Nothing at once: it is tried again. Check mail.server when it goes on.",
    ),
    Message(
        "KNM3019-I",
        "Nothing is to be done: no PC changed to a level with an action.",
        "アクションの対象となるレベルに変化した PC はありません。",
    ),
    Message(
        "KNM3020-I",
        "Mail about {counted} at {level}: operation {operation}.",
        "{level} の {counted}についてメール: 処理 {operation}。",
    ),
    Message("KNM3071-I", "And {count} more.", "ほか {count} 件。"),
    Message(
        "KNM3072-I",
        "Nothing is ordered: actions wait for a command (action.act).",
        "何も指示しません: アクションはコマンドを待ちます（action.act）。",
    ),
    Message(
        "KNM3073-I",
        "Dry run, {kind} at {level}: would be about {counted}.",
        "試行（{level} の {kind}）: 実行すれば対象は {counted} です。",
    ),
    Message(
        "KNM3074-W",
        "Held, {kind} at {level}: {counted}.",
        "保留中（{level} の {kind}）: {counted}。",
        "A person holds all actions.",
        "Release them with kanmon actions hold --release; what is still due then is done.",
    ),
    Message(
        "KNM3075-W",
        "A person is asked, {kind} at {level}: {counted} had this level before the action was switched on.",
        "確認待ち（{level} の {kind}）: アクションが有効になる前からこのレベルの PC が {counted} あります。",
        "An action policy was changed or assigned; it is not carried out on PCs that were at the level already.",
        "Approve or decline: kanmon waiting, or the page Waiting of the console.",
    ),
    Message(
        "KNM3076-W",
        "A person is asked, {kind} at {level}: {counted} beyond the cap of an hour.",
        "確認待ち（{level} の {kind}）: 1 時間の上限を超えた PC が {counted} あります。",
        "action.most_per_hour has no room for more PCs.",
        "Approve or decline: kanmon waiting, or the page Waiting of the console.",
    ),
    Message(
        "KNM3077-I",
        "Declined, {kind} at {level}: {counted}.",
        "実行しないと決定（{level} の {kind}）: {counted}。",
    ),
    Message(
        "KNM3078-W",
        "A person holds all actions.",
        "すべてのアクションが保留されています。",
        "Somebody has used the switch that holds all actions.",
        "Release them with kanmon actions hold --release when it is safe; what is still due then is done.",
    ),
    Message(
        "KNM3080-I",
        "Done, {kind} at {level}: {times} times, last on {day}.",
        "実行済み（{level} の {kind}）: {times} 回、最終 {day}。",
    ),
    Message(
        "KNM3081-I",
        "Left alone since {day}, {kind} at {level}: until the level changes.",
        "{day} から対象外（{level} の {kind}）: レベルが変わるまで実行しません。",
    ),
    Message(
        "KNM3082-I",
        "Due, {kind} at {level}: it is ordered with the next decision.",
        "実行予定（{level} の {kind}）: 次の決定で指示されます。",
    ),
    Message(
        "KNM3083-I",
        "Not yet, {kind} at {level}: a new PC has {grace} days of grace.",
        "猶予中（{level} の {kind}）: 新しい PC には {grace} 日の猶予があります。",
    ),
    Message(
        "KNM3084-I",
        "Not yet, {kind} at {level}: the level must have been the same for {days} days.",
        "条件待ち（{level} の {kind}）: 同じレベルが {days} 日続いたときに実行します。",
    ),
    Message(
        "KNM3085-I",
        "Not yet, {kind} at {level}: the level must have been the same for {judgments} judgments.",
        "条件待ち（{level} の {kind}）: 同じレベルの判定が {judgments} 回続いたときに実行します。",
    ),
    Message(
        "KNM3086-I", "With the next judgment, {kind} at {level}.", "次の判定のときに実行します（{level} の {kind}）。"
    ),
    Message("KNM3087-I", "In force already, {kind} at {level}.", "すでにその状態です（{level} の {kind}）。"),
    Message(
        "KNM3088-I",
        "Nothing is done by policy: the management of this PC is switched off.",
        "この PC は管理対象外のため、ポリシーによるアクションは実行されません。",
    ),
    Message(
        "KNM3089-W",
        "{kind}: {counted} would be due; the cap has room for {spare} more in this hour ({most}). About the others a person"
        " would be asked.",
        "{kind}: 対象は {counted} です。この 1 時間に実行できるのはあと {spare} 台です (上限 {most})。残りは確認待ちになります。",
        "The cap action.most_per_hour would be reached.",
        "Raise the cap, or approve the rest when it waits.",
    ),
    Message("KNM3091-I", "Kanmon asks: {counted} wait for your word", "Kanmon からの確認: {counted} が承認待ちです"),
    Message(
        "KNM3092-I",
        "Administrators are told by mail: operation {operation}.",
        "管理者にメールで知らせます: 処理 {operation}。",
    ),
    Message(
        "KNM3093-W",
        "{count} PCs wait for a person's word: actions beyond the cap of an hour, or switched on for PCs that had the level"
        " before.",
        "{count} 台の PC が承認待ちです。1 時間の上限を超えたアクション、または以前からそのレベルの PC に対するアクションです。",
        "A policy would do more than action.most_per_hour allows, or an action was switched on.",
        "See kanmon waiting, or the page Waiting of the console; approve or decline.",
        "ポリシーのアクションが action.most_per_hour を超えたか、アクションが新しく有効になりました。",
        "kanmon waiting またはコンソールの「承認待ち」で確認し、承認するか見送ってください。",
    ),
    Message(
        "KNM3094-I",
        "Waived for this PC, so that it does not count for its level: {conditions}.",
        "この PC では免除されているため、レベルに影響しません: {conditions}。",
    ),
    Message(
        "KNM3100-I",
        "Action started: webhook, operation {operation}, attempt {attempt}, {subject}.",
        "アクションを開始しました: Webhook、処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3101-I",
        "Action ended: webhook, operation {operation}, {result}. {sentence}",
        "アクションを終了しました: Webhook、処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM3102-I",
        "Webhook to {target} about {counted} at {level}: operation {operation}.",
        "{level} の {counted}について {target} へ Webhook: 処理 {operation}。",
    ),
    Message(
        "KNM3103-W",
        "No webhook is sent: webhook.targets has no address for {target}.",
        "Webhook は送信されません: webhook.targets に {target} のアドレスがありません。",
        "An action policy wants a webhook to a target that the settings do not know, or its address is not one.",
        "Add {target}=https://... to webhook.targets, or name another target in the action policy.",
    ),
    Message(
        "KNM3104-W",
        "No webhook is sent to {target}: {path} holds no signing secret.",
        "{target} へ Webhook は送信されません: {path} に署名用のシークレットがありません。",
        "The file is missing, can't be read, or has a line that is not whsec_ and 24 to 64 bytes in base64.",
        "Write a secret into that file, readable for the Manager's user only, and give the receiver the same one.",
    ),
    Message("KNM3105-I", "{target} took it: {status}.", "{target} が受理しました: {status}"),
    Message(
        "KNM3106-E",
        "{target} ({host}) refused the webhook: {status}.",
        "{target}（{host}）が Webhook を拒否しました: {status}",
        "An answer that stays the same when it is tried again: 4xx.",
        "Look at the receiver's log for the webhook-id; correct its address, its secret or the receiver, then redo.",
    ),
    Message(
        "KNM3107-W",
        "{target} ({host}) did not take the webhook: {status}.",
        "{target}（{host}）は Webhook を受理しませんでした: {status}",
        "An answer that may pass: 408, 425, 429 or 5xx, or 409 to what may be a repeat.",
        "Nothing at once: it is tried again. Look after the receiver when it goes on.",
    ),
    Message(
        "KNM3108-W",
        "{target} ({host}) could not be reached: {why}.",
        "{target}（{host}）に接続できませんでした: {why}",
        "No address, no connection, a certificate that is not trusted, or an answer that is not HTTP.",
        "Nothing at once: it is tried again. Check webhook.targets and webhook.ca_file when it goes on.",
    ),
    Message(
        "KNM3109-W",
        "{target} ({host}) did not answer within {seconds} s.",
        "{target}（{host}）から {seconds} 秒以内に応答がありませんでした。",
        "The receiver is slow, or has stopped.",
        "Nothing at once: it is tried again. A receiver should answer first and work afterwards.",
    ),
    Message(
        "KNM3110-E",
        "The webhook for {target} was not sent: {host} is at {address}, which is not a public address.",
        "{target} への Webhook は送信されませんでした: {host} のアドレス {address} は公開アドレスではありません。",
        "Private and loopback addresses are refused unless webhook.allow_private names the target, link-local and"
        " metadata addresses always.",
        "If the receiver is meant to be there, add {target} to webhook.allow_private.",
    ),
    Message(
        "KNM3111-E",
        "The webhook for {target} was not sent: http is for loopback addresses only, and {host} is at {address}.",
        "{target} への Webhook は送信されませんでした: http はループバックアドレスにのみ使用できますが、{host} のアドレスは"
        " {address} です。",
        "Without TLS everybody on the way reads the list of PCs.",
        "Give the receiver a certificate, and write https:// in webhook.targets.",
    ),
    Message(
        "KNM3112-E",
        "{target} ({host}) wants the webhook at another address: {status}.",
        "{target}（{host}）は別のアドレスへの転送を要求しました: {status}",
        "Redirects are not followed: they could lead anywhere.",
        "Write the address where the receiver really is in webhook.targets, then redo.",
    ),
    Message(
        "KNM3121-E",
        "The policy {name} is read-only.",
        "ポリシー {name} は読み取り専用です。",
        "It came with Kanmon as a starting point for policies of your own.",
        "Give the document another name.",
    ),
    Message(
        "KNM3280-E",
        "All actions are held since the restore already.",
        "リストア後のため、すべてのアクションはすでに保留されています。",
        "The switch that holds all actions finds none that is free.",
        "Decide first on what is held since the restore: kanmon actions release, or the page Held actions of the console.",
    ),
)
