"""Messages about antivirus products: newer versions that a file, a program or a model PC brings."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM2050-I",
        "Taking over antivirus versions of a model PC started: operation {operation}, attempt {attempt}, {subject}.",
        "モデル PC のウイルス対策製品の版の反映を開始しました: 処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM2051-I",
        "Taking over antivirus versions of a model PC ended: operation {operation}, {result}. {sentence}",
        "モデル PC のウイルス対策製品の版の反映を終了しました: 処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM2052-E",
        "The list of antivirus versions can't be read: {detail}. Nothing was changed.",
        "ウイルス対策製品の版の一覧を読み取れません: {detail}。何も変更されていません。",
        "It is a CSV text whose first line names the columns product, version, engine and definitions (product is a "
        "must), or a JSON list of objects with these fields.",
        "Correct the place that is named and import the list again.",
    ),
    Message(
        "KNM2053-E",
        "The list of antivirus versions is empty. Nothing was changed.",
        "ウイルス対策製品の版の一覧が空です。何も変更されていません。",
        "It has no line after that of the columns.",
        "Write a line for each product.",
    ),
    Message(
        "KNM2054-E",
        "The list of antivirus versions has {count} products; at most {limit} are taken. Nothing was changed.",
        "ウイルス対策製品の版の一覧に {count} 製品があります。受け付けられるのは {limit} 製品までです。何も変更されていません。",
        "A policy has no more lines than that.",
        "Leave out products that no policy names.",
    ),
    Message(
        "KNM2055-I",
        "Policy {name} has version {version}: {raised}.",
        "ポリシー {name} の版 {version} を作成しました: {raised}",
    ),
    Message(
        "KNM2056-I",
        "Nothing was taken over: the policy wants these versions already, or follows this PC no more, or the PC has them "
        "no more.",
        "反映するものはありませんでした。ポリシーがすでにこれらの版を求めているか、この PC に従わなくなったか、"
        "PC にこれらの版がなくなっています。",
    ),
)
