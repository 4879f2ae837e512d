"""Messages about statistics."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM9001-I",
        "Storing statistics started: operation {operation}, attempt {attempt}, {subject}.",
        "統計の保存を開始しました: 処理 {operation}、{attempt} 回目、{subject}",
    ),
    Message(
        "KNM9002-I",
        "Storing statistics ended: operation {operation}, {result}. {sentence}",
        "統計の保存を終了しました: 処理 {operation}、{result} {sentence}",
    ),
    Message(
        "KNM9003-E",
        "{day} is in the future.",
        "{day} は未来の日付です。",
        "Statistics can be stored of today and of days that are past.",
        "Give a day up to today.",
    ),
    Message(
        "KNM9004-E",
        "{day} can't be counted: the history of verdicts is kept for {days} days.",
        "{day} の統計は集計できません。判定の履歴を保存している期間は {days} 日間です。",
        "A past day is counted from the history of verdicts, and that of this day has been removed.",
        "Store statistics daily; a longer history is kept by judgment.keep_history_days.",
    ),
    Message(
        "KNM9005-E",
        "{text} is no statistics item. Write name=condition;condition, each name once, and at most {most} items.",
        "{text} は統計項目ではありません。「名前=条件;条件」の形式で、名前を重複させずに {most} 件以内で指定してください。",
        "The setting statistics.items has another form, a name twice, or too many items.",
        "Correct the setting; ids of conditions stand on the page of a PC, and in kanmon pc show --json.",
    ),
    Message(
        "KNM9006-E",
        "{text} is no time of day. Write hours and minutes: 23:30.",
        "{text} は時刻ではありません。23:30 のように時と分を指定してください。",
        "The setting statistics.at has another form.",
        "Write it as 23:30.",
    ),
    Message(
        "KNM9007-E",
        "{text} is no {what}. Give one of: {known}.",
        "{text} という{what}はありません。次のいずれかを指定してください: {known}。",
        "Statistics were asked for by another word.",
        "Use one of the words of the sentence.",
    ),
)
