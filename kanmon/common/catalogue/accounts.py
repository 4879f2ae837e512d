"""Messages about people and tokens."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM7001-E",
        "This needs the permission to {verb}; {who} has not got it.",
        "この操作には {verb} の権限が必要ですが、{who} にはありません。",
        "The role of the person or token does not allow it.",
        "Ask an administrator for another role.",
    ),
    Message(
        "KNM7002-E",
        "No valid token came with the request.",
        "要求に有効なトークンがありません。",
        "The token is missing, mistyped or revoked.",
        "Make a new one with `kanmon token create NAME` and give it to the sender.",
    ),
    Message(
        "KNM7003-E",
        "This link was used already or has expired.",
        "このリンクは使用済みか、有効期限が切れています。",
        "A one-time link works once and for 24 hours.",
        "Restart the Manager while nobody has signed up: it prints a new one.",
    ),
    Message(
        "KNM7004-E",
        "A source or token named {name} is there already.",
        "{name} という名前の送信元またはトークンは既にあります。",
        "Names are unique.",
        "Choose another name, or revoke the old one.",
    ),
    Message(
        "KNM7005-E",
        "{name} is not a good name: {why}.",
        "{name} は名前として使用できません: {why}",
        "Names have 1 to 100 letters, digits, blanks, dots, dashes and underscores.",
        "Choose another name.",
    ),
    Message(
        "KNM7020-E",
        "This key was given with another change before: {subject} (operation {operation}).",
        "このキーは別の変更で使用済みです: {subject}（処理 {operation}）",
        "An Idempotency-Key, or the one-time key of a form, stands for one change.",
        "Give a new key for a new change.",
    ),
    Message(
        "KNM7021-E",
        "An Idempotency-Key has 1 to 128 visible ASCII characters.",
        "Idempotency-Key には 1～128 文字の表示可能な ASCII 文字を指定します。",
        "The header is empty, too long, or holds other characters.",
        "Give a key of your own, for example a UUID.",
    ),
    Message(
        "KNM7022-I",
        "{what} {name} was made with this key before (operation {operation}); its token was shown then, once.",
        "{what} {name} はこのキーで作成済みです（処理 {operation}）。トークンはそのとき一度だけ表示されました。",
        "The request was sent again with the same Idempotency-Key.",
        "If the first answer was lost, revoke the token and make another one with a new key.",
    ),
)
