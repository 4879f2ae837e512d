"""Messages about actions."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM3001-I",
        "Action decision started: operation {operation}, attempt {attempt}, {subject}.",
        "アクションの決定を開始しました: 操作 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3002-I",
        "Action decision ended: operation {operation}, {result}, orders: {orders}, PCs: {pcs}. {sentence}",
        "アクションの決定を終了しました: 操作 {operation}、{result}、指示 {orders} 件、対象 {pcs} 台 {sentence}",
    ),
    Message(
        "KNM3011-I",
        "Action started: mail to administrators, operation {operation}, attempt {attempt}, {subject}.",
        "アクションを開始しました: 管理者へのメール、操作 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM3012-I",
        "Action ended: mail to administrators, operation {operation}, {result}. {sentence}",
        "アクションを終了しました: 管理者へのメール、操作 {operation}、{result} {sentence}",
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
        "{level} の {counted}についてメール: 操作 {operation}。",
    ),
)
