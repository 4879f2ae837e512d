"""Messages about the past: as of a moment, and how long it is kept."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM2140-E",
        "{text} is no date. Give a day such as 2026-11-04, or a day and time such as 2026-11-04T10:00.",
        "{text} は日付ではありません。2026-11-04 のような日付か、2026-11-04T10:00 のような日時を指定してください。",
        "A moment of the past was asked for in another form.",
        "Write it as ISO 8601. Without an offset it is by the zone of server.time_zone.",
    ),
    Message(
        "KNM2141-E",
        "{text} is in the future.",
        "{text} は未来の日時です。",
        "What was true can only be told of the past.",
        "Give a day up to today. To see what a policy would change, use kanmon policy what-if.",
    ),
    Message(
        "KNM2142-E",
        "{text} is before the history that is kept ({days} days).",
        "{text} は、保存されている履歴 ({days} 日間) より前です。",
        "judgment.keep_history_days limits how long verdicts and changes of inventory are kept.",
        "Give a later day. To keep more from now on, raise the setting.",
    ),
    Message(
        "KNM2143-I",
        "History before {before} was removed: {verdicts} verdicts and {changes} changes of inventory.",
        "{before} より前の履歴を削除しました: 判定結果 {verdicts} 件、インベントリの変更 {changes} 件。",
    ),
)
