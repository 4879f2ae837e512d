"""Messages about feeds: knowledge from outside."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM1200-E",
        "{name} is no patch feed that is known here. A list of one's own needs a first line with columns of: {known}.",
        "{name} は対応している更新情報のファイルではありません。独自の一覧では 1 行目に列名が必要です: {known}。",
        "The file is neither definitions.zip of wesng, nor a CVRF document of Microsoft, nor Fleet's JSON, nor such a CSV.",
        "Give one of these files; for a CSV write at least the columns update and product.",
    ),
    Message(
        "KNM1201-E",
        "{name} can't be read: {problem}. Nothing was changed.",
        "{name} を読み取れません: {problem}。何も変更されていません。",
        "The file is broken, was cut off when it was fetched, or declares XML entities.",
        "Fetch it again and import it again.",
    ),
    Message(
        "KNM1202-E",
        "The feed is larger than {most}. Nothing was changed.",
        "更新情報が上限（{most}）を超えています。何も変更されていません。",
        "What is read is bounded, so that no file can use up the Manager's memory or time.",
        "Make sure that it is the right file; cut a list of one's own into several with different names.",
    ),
    Message(
        "KNM1203-E",
        "{name}: none of {rows} rows names an update. Nothing was changed.",
        "{name}: {rows} 行のいずれにも更新プログラムの番号がありません。何も変更されていません。",
        "No row has a number such as KB5093998 in its column of updates.",
        "Look at the file; in a CSV the column is called update.",
    ),
    Message(
        "KNM1204-E",
        "The feed {name} is of {dated}, and one of {newer} was imported before. Nothing was changed.",
        "更新情報 {name} は {dated} のものですが、{newer} のものがすでに取り込まれています。何も変更されていません。",
        "An older file would take knowledge of newer updates away.",
        "Fetch the newest file. A list of one's own is as old as its newest date.",
    ),
    Message(
        "KNM1205-W",
        "The newest patch feed is of {dated}, {days} days old; {most} days are allowed.",
        "最新の更新情報は {dated} のもので、{days} 日経過しています（許容 {most} 日）。",
        "Updates that were released since are not known, so PCs that lack them are judged Safe.",
        "Fetch a newer feed and import it with kanmon feed patches FILE.",
        "それ以降に公開された更新プログラムは把握できず、未適用の PC も「安全」と判定されます。",
        "新しい更新情報を入手し、kanmon feed patches ファイル で取り込んでください。",
    ),
    Message(
        "KNM1206-W",
        "The policy {policy} asks for all updates, and no patch feed was imported: its PCs are Unknown.",
        "ポリシー {policy} はすべての更新プログラムを求めていますが、更新情報が取り込まれていないため、PC は「不明」になります。",
        "Which updates there are is told by feeds only.",
        "Import one with kanmon feed patches FILE.",
        "更新プログラムの一覧は更新情報からのみ得られます。",
        "kanmon feed patches ファイル で取り込んでください。",
    ),
    Message(
        "KNM1207-I",
        "Import started: operation {operation} ({subject}), attempt {attempt}.",
        "更新情報の取り込みを開始しました: 処理 {operation}（{subject}）、{attempt} 回目。",
    ),
    Message(
        "KNM1208-I",
        "Import ended: operation {operation} ({subject}), result {result}. {sentence}",
        "更新情報の取り込みが終了しました: 処理 {operation}（{subject}）、結果 {result}。{sentence}",
    ),
)
