"""Messages about judgment."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM2001-I",
        "Judgment started: operation {operation}, attempt {attempt}, {subject}.",
        "判定を開始しました: 処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM2002-I",
        "Judgment ended: operation {operation}, {result}, PCs judged: {judged}, changed: {changed}. {sentence}",
        "判定を終了しました: 処理 {operation}、{result}、判定 {judged} 台、変化 {changed} 台 {sentence}",
    ),
    Message(
        "KNM2003-I",
        "Recording started: operation {operation}, attempt {attempt}, {subject}.",
        "インベントリの記録を開始しました: 処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM2004-I",
        "Recording ended: operation {operation}, {result}, reports recorded: {recorded}, suspected: {suspected}, older: {older}. {sentence}",
        "インベントリの記録を終了しました: 処理 {operation}、{result}、記録 {recorded} 件、疑い {suspected} 件、旧報告 {older} 件 {sentence}",
    ),
    Message(
        "KNM2170-I",
        "The index begins with its checkpoint: {counted}, read in {seconds} s; what has changed since is followed.",
        "インデックスをチェックポイントから開始しました: {counted}、読み込み {seconds} 秒。以後の変更を追従します。",
    ),
    Message(
        "KNM2171-W",
        "The checkpoint of the index, {path}, can't be used: {problem}. The index is built from the database.",
        "インデックスのチェックポイント {path} は使用できません: {problem}。データベースから構築します。",
        "The file was cut off or changed on the disk, or can't be read.",
        "Nothing is to be done; a new one is written. If it happens again, look at the disk.",
    ),
    Message(
        "KNM2172-W",
        "The checkpoint of the index, {path}, was written by another version. The index is built from the database.",
        "インデックスのチェックポイント {path} は別のバージョンで作成されています。データベースから構築します。",
        "Kanmon was updated since.",
        "Nothing is to be done; a new one is written.",
    ),
    Message(
        "KNM2173-W",
        "The checkpoint of the index, {path}, is of another database or of another moment of its life. The index is"
        " built from the database.",
        "インデックスのチェックポイント {path} は別のデータベース、または別の時点のものです。データベースから構築します。",
        "The database was restored, put back, or failed over to a standby since.",
        "Nothing is to be done; a new one is written.",
    ),
    Message(
        "KNM2174-W",
        "The checkpoint of the index, {path}, does not fit the facts in the database. The index is built from the"
        " database.",
        "インデックスのチェックポイント {path} はデータベース内の情報と一致しません。データベースから構築します。",
        "Rows of the database were removed or changed by other means than Kanmon.",
        "Find out who has changed the database; Kanmon itself never removes facts.",
    ),
    Message(
        "KNM2175-W",
        "The checkpoint of the index, {path}, could not be written: {problem}.",
        "インデックスのチェックポイント {path} を書き込めませんでした: {problem}",
        "The disk is full or can't be written.",
        "Make room on the disk. Until then a start takes longer; nothing is lost.",
    ),
    Message(
        "KNM2090-E",
        'There is no {what} "{word}". Nearest: "{nearest}". Possible: {known}.',
        '{what} "{word}" はありません。最も近いもの: "{nearest}"。可能なもの: {known}。',
        "The name is misspelt, or of another version of Kanmon.",
        "Take a name from the list; `kanmon properties` shows all of them.",
    ),
)
