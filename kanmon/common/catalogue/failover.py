"""Messages of the after-failover report, and of what a person decides after it."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    # why a node became active
    Message("KNM4250-I", "{to} started for the first time.", "{to} が初めて起動しました。"),
    Message("KNM4251-I", "{to} started again after a stop in order.", "{to} は正常停止の後、再び起動しました。"),
    Message(
        "KNM4252-W",
        "{to} started again; before, it had ended without stopping in order.",
        "{to} が再起動しました。前回は正常に停止していません。",
        "The process was killed or failed, or its host lost power.",
        "Read the report of the take-over; $KANMON_HOME/log/service.log and the system's log may say why it ended.",
    ),
    Message(
        "KNM4253-I",
        "{from} handed over to {to}.",
        "{from} から {to} へ引き継がれました。",
    ),
    Message(
        "KNM4254-W",
        "The database session of {from} was gone: its process ended, or it was cut off from the database. {to} took over.",
        "{from} のデータベースセッションが失われたため（プロセスの終了、またはデータベースとの切断）、{to} が引き継ぎました。",
        "The process was killed or failed, its host lost power, or the network between it and the database failed.",
        "Look at {from}: whether its host and its Manager run. It serves again as a standby as soon as it is back.",
    ),
    Message(
        "KNM4255-W",
        "{from} did not renew its lease in time: it stood still, or was cut off from the database. {to} took over.",
        "{from} が期限内にリースを更新しなかったため（停止状態、またはデータベースとの切断）、{to} が引き継ぎました。",
        "The host was frozen or overloaded, or the network between it and the database failed.",
        "Look at the load, the clock and the network of {from}.",
    ),
    Message(
        "KNM4256-W",
        "The database failed over to another server; {to} works on it under a new era.",
        "データベースが別のサーバーへフェイルオーバーしました。{to} は新しい世代で動作しています。",
        "A standby of the database was promoted, or another database was put in its place.",
        "With asynchronous replication the newest changes may be missing: compare with the seals of the audit.",
    ),
    Message(
        "KNM4257-W",
        "The database was restored from a backup; {to} works on it under a new era.",
        "データベースはバックアップから復元されました。{to} は新しい世代で動作しています。",
        "kanmon restore was run.",
        "Actions are held until an administrator releases them: look at what was done since the backup first.",
    ),
    Message(
        "KNM4259-W",
        "{to} took over; {from} had ended without stopping in order ({cause}).",
        "{to} が引き継ぎました。{from} は正常に停止していません（{cause}）。",
        "Its process was killed or failed, its host lost power, or cluster software moved disk and address away from it.",
        "Look at {from}: its host, and $KANMON_HOME/log/service.log around that time.",
    ),
    # what became of an operation that was running
    Message(
        "KNM4260-I",
        "Ended {seconds} s before, on {node}: {result}. {sentence}",
        "{seconds} 秒前に {node} で終了していました: {result} {sentence}",
    ),
    Message(
        "KNM4261-I",
        "Resumed from {done} of {of} on {node}, attempt {attempt}.",
        "{node} で {of} 件中 {done} 件目から再開しました（{attempt} 回目）。",
    ),
    Message(
        "KNM4262-I",
        "Resumed from the beginning on {node}, attempt {attempt}; nothing of it had been written.",
        "{node} で最初から再開しました（{attempt} 回目）。書き込まれた結果はありませんでした。",
    ),
    Message(
        "KNM4263-I",
        "Waits to be resumed; nothing is to be done.",
        "再開を待っています。対応は不要です。",
    ),
    Message(
        "KNM4264-I",
        "It had been done already and was not done again.",
        "すでに実行済みのため、繰り返していません。",
    ),
    Message(
        "KNM4265-W",
        "Done again, and may be a repeat: receivers know it by {mark}.",
        "再実行されました。重複の可能性があります。受信側は {mark} で識別できます。",
        "The node was lost between the intent and the result of the effect.",
        "Nothing is to be done; the repeat carries the same mark.",
    ),
    Message(
        "KNM4266-W",
        "In doubt: it began on {node}, and whether it was done can't be told. {sentence}",
        "結果未確定: {node} で開始されましたが、実行されたかどうか判別できません。{sentence}",
        "The node was lost between the beginning and the result of an effect that must not be repeated.",
        "Look whether it was done. Redo does it again now, it-ran records it as done, close leaves it open for ever.",
    ),
    Message(
        "KNM4267-I",
        "Done again as operation {again}, by {actor}.",
        "{actor} により処理 {again} としてやり直されました。",
    ),
    Message("KNM4268-I", "{actor} said that it had been done.", "{actor} により実行済みとされました。"),
    Message("KNM4269-I", "Closed by {actor}.", "{actor} により閉じられました。"),
    Message(
        "KNM4270-W",
        "Held: it is not done before a person releases it.",
        "保留中: 解除されるまで実行されません。",
        "It was interrupted again and again, or a person has held it.",
        "Find out why the process ends while it runs (service.log), then release or cancel it.",
    ),
    Message(
        "KNM4271-W",
        "Resumed, and has failed: {sentence}",
        "再開後に失敗しました: {sentence}",
        "The sentence says why.",
        "Mend what the sentence names, then redo it.",
    ),
    Message("KNM4272-I", "Cancelled by {actor}. {sentence}", "{actor} により取り消されました。{sentence}"),
    # how long nobody judged or acted
    Message(
        "KNM4273-I",
        "Not served for {seconds} s, by the clock of {to}.",
        "{seconds} 秒間サービスが停止しました（{to} の時計による）。",
    ),
    Message(
        "KNM4274-I",
        "Not served for at most {seconds} s: from the last sign of {from} to readiness, by one clock.",
        "サービス停止は最大 {seconds} 秒です（{from} の最後の応答から準備完了まで、同一の時計による）。",
    ),
    Message(
        "KNM4275-I",
        "Not served for at most {seconds} s: from the last sign of {from} to readiness of {to}, by two clocks that may"
        " differ.",
        "サービス停止は最大 {seconds} 秒です（{from} の最後の応答から {to} の準備完了まで。二つの時計のずれを含む可能性があります）。",
    ),
    Message(
        "KNM4276-W",
        "How long nothing was served can't be told: a clock went backwards between {from} and {to}.",
        "サービス停止時間は不明です。{from} と {to} の間で時計が戻っています。",
        "The clock was set, or the clocks of two nodes differ.",
        "Let both hosts keep time by NTP.",
    ),
    # the head of the report
    Message(
        "KNM4277-I",
        "Operations that were running or had just ended: {running}. {nothing} need nothing, {needs} need a person.",
        "実行中または直前に終了した処理は {running} 件です。{nothing} 件は対応不要、{needs} 件は対応が必要です。",
    ),
    Message("KNM4278-I", "None was running.", "実行中のものはありませんでした。"),
    # lines of the Manager log
    Message(
        "KNM4279-I",
        "Operation {operation} ({subject}) was asked for again by {actor} and not repeated; it is {state}.",
        "処理 {operation}（{subject}）は {actor} から再度要求されましたが、繰り返していません（状態: {state}）。",
    ),
    Message(
        "KNM4280-E",
        "Operation {operation} ({subject}) was interrupted {times} times in a row without getting on; it is held.",
        "処理 {operation}（{subject}）は進展のないまま連続 {times} 回中断したため、保留されました。",
        "Each time that it runs the process ends: by a defect, by a lack of memory, or by somebody who kills it.",
        "Find out why (service.log, the system's log), then kanmon release or kanmon cancel with its number.",
    ),
    Message(
        "KNM4281-I",
        "The take-over of term {term} was acknowledged by {actor}.",
        "第 {term} 期の引き継ぎは {actor} により確認されました。",
    ),
    # what a person decides
    Message(
        "KNM4258-E",
        "{node} is {state}; only a node that is gone can be forgotten.",
        "{node} の状態は {state} です。停止したノードだけを削除できます。",
        "Its Manager runs, and would be listed again at once.",
        "Stop its Manager for good first, then kanmon cluster forget with its name.",
    ),
    Message(
        "KNM4299-E",
        "Operation {operation} is {state}; it can't {verb}.",
        "処理 {operation} の状態は {state} のため、{verb} はできません。",
        "Somebody has decided it already, or it goes on by itself.",
        "Look at it again: kanmon operation with its number.",
    ),
)
