"""Messages about messages to the users of PCs, and their clients."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM3200-I",
        "Action started: message to users, operation {operation}, attempt {attempt}, {subject}.",
        "アクションを開始しました: 利用者へのメッセージ、処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3201-I",
        "Action ended: message to users, operation {operation}, {result}. {sentence}",
        "アクションを終了しました: 利用者へのメッセージ、処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM3202-I",
        "Message to the users of {counted} at {level}: operation {operation}.",
        "{level} の {counted}の利用者へのメッセージ: 処理 {operation}。",
    ),
    Message(
        "KNM3203-I",
        "Messages were written for {counted}.",
        "{counted}へのメッセージを作成しました。",
    ),
    Message(
        "KNM3204-I",
        "Of {counted} no client is known: their users see the message on the remediation page only.",
        "うち {counted}はクライアントが登録されていないため、対処ページにだけ表示されます。",
    ),
    Message(
        "KNM3210-E",
        "No inventory of {device} was recorded from this source yet.",
        "この送信元からの {device} のインベントリがまだ登録されていません。",
        "A client asked to be the client of a PC that is not known yet, or reports by another source.",
        "Nothing when it goes away by itself: the client sends an inventory and asks again. Else see whether the report is"
        " suspected (`kanmon suspected`), and whether the client uses the token of the source by which the PC reports.",
    ),
    Message(
        "KNM3211-E",
        "{host} has another client already.",
        "{host} には別のクライアントが登録されています。",
        "The first client that asks for a PC is its client, so that no other PC can take its messages. This one asks with"
        " another secret: the system was installed anew, its folder was removed, the disk is a copy, or it is not that PC.",
        "When it is right, make the old one forgotten: kanmon clients --forget PC. It is also replaced when it has been"
        " silent for 30 days.",
    ),
    Message(
        "KNM3212-E",
        "The token of this client is not known.",
        "このクライアントのトークンは登録されていません。",
        "It was never registered, was made forgotten, or its device belongs to another PC now.",
        "Nothing: the client registers anew.",
    ),
    Message(
        "KNM3213-W",
        "Another client asked to be the client of {host} (PC {pc}), and was refused.",
        "別のクライアントが {host}（PC {pc}）のクライアントとして登録しようとしたため、拒否しました。",
        "A copy of its disk, a system that was installed anew, or somebody who is not that PC and holds the token of its"
        " source.",
        "When the PC was installed anew: kanmon clients --forget PC. Else find who holds the token; make a new one for the"
        " source.",
    ),
    Message(
        "KNM3214-E",
        "This is not a call of a client: {problem}.",
        "クライアントの呼び出しとして正しくありません: {problem}",
        "The address, the method or the body is not that of the protocol.",
        "Use a client of this version; see docs/reference/client-protocol.md.",
    ),
    Message(
        "KNM3215-E",
        "Too many clients wait here, or the Manager is stopping. Come again later.",
        "待機中のクライアントが多すぎるか、マネージャーが停止しています。しばらくしてから再度接続してください。",
        "More clients call than message.connections allows, or the Manager is being stopped.",
        "Nothing at once: clients come again by themselves. Raise message.connections, or add a node.",
    ),
    Message(
        "KNM3216-E",
        "The database does not answer just now. Come again later.",
        "データベースが応答していません。しばらくしてから再度接続してください。",
        "The database is away or busy.",
        "Nothing at once: clients come again by themselves. See the Manager log when it goes on.",
    ),
    Message(
        "KNM3218-E",
        "A message can't be so: {wrong}.",
        "メッセージの指定が正しくありません: {wrong}",
        "A title and a text are needed, and both are bounded.",
        "Correct what is named.",
    ),
    Message(
        "KNM3220-I",
        "Listens for messages of {server}.",
        "{server} からのメッセージを待っています。",
    ),
    Message(
        "KNM3221-I",
        "Message {message} was shown.",
        "メッセージ {message} を表示しました。",
    ),
    Message(
        "KNM3222-W",
        "{server} can't be used just now: {problem}. It is tried again in {seconds} seconds.",
        "{server} を使用できません: {problem}。{seconds} 秒後に再試行します。",
        "No connection, or an answer that refuses.",
        "Nothing when it goes away by itself. Else do what the answer says.",
    ),
    Message(
        "KNM3223-E",
        "Another client listens with the folder {folder} already.",
        "フォルダー {folder} は、別のクライアントが使用しています。",
        "One client listens on a PC; two would show messages twice.",
        "End the other one, or name another folder by --folder.",
    ),
    Message(
        "KNM3224-E",
        "The folder {folder} can't be used: {problem}.",
        "フォルダー {folder} を使用できません: {problem}",
        "What was received and shown is kept there, so that nothing is shown twice.",
        "Give a folder that this user may write, by --folder.",
    ),
    Message(
        "KNM3225-I",
        "Nobody is there to be shown message {message}; it waits until somebody signs in.",
        "メッセージ {message} を表示する利用者がいません。サインインするまで待ちます。",
    ),
    Message(
        "KNM3226-I",
        "An inventory was sent, as the Manager asked: {result}.",
        "マネージャーの要求により、インベントリを送信しました: {result}",
    ),
    Message(
        "KNM3227-I",
        "Registered as the client of this PC.",
        "この PC のクライアントとして登録されました。",
    ),
    Message(
        "KNM3228-I",
        "The client of {host} (PC {pc}) was registered.",
        "{host}（PC {pc}）のクライアントを登録しました。",
    ),
)
