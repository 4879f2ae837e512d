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
)
