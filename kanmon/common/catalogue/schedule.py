"""Messages about schedules."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM2150-E",
        "{text} is no time in cron syntax: {problem}. Give minute, hour, day of month, month and day of week:"
        " 0 6 * * MON-FRI.",
        "{text} は cron 形式の時刻ではありません: {problem}。分、時、日、月、曜日を指定してください (例: 0 6 * * MON-FRI)。",
        "A schedule was given with other fields, or with a date that never comes.",
        "Write five fields as for cron.",
    ),
    Message(
        "KNM2151-E",
        "{zone} is no time zone. Zones have names such as Asia/Tokyo.",
        "{zone} はタイムゾーンではありません。Asia/Tokyo のような名前を指定してください。",
        "The IANA database has no zone of this name.",
        "Leave it out to use server.time_zone.",
    ),
    Message(
        "KNM2152-E",
        "There is a schedule {name} already.",
        "スケジュール {name} は既にあります。",
        "Names of schedules are unique.",
        "Remove it first, or give another name.",
    ),
    Message(
        "KNM2153-E",
        "There are {most} schedules; no more can be added.",
        "スケジュールは {most} 件までです。",
        "The number of schedules is bounded.",
        "Remove one, or give one schedule several groups.",
    ),
    Message(
        "KNM2154-W",
        "Schedule {name}: the tick of {tick} was left out, it is {minutes} minutes old. Ticks that passed: {count}.",
        "スケジュール {name}: {tick} の実行は {minutes} 分経過しているため省略しました。経過した実行回数: {count}。",
        "Nobody led when it was due, and it is older than schedule.make_up_minutes.",
        "Judge by hand if it is needed: kanmon judge --all.",
    ),
    Message(
        "KNM2155-I",
        "Schedule {name}: the tick of {tick} is made up, {minutes} minutes late. Ticks that passed: {count}.",
        "スケジュール {name}: {tick} の実行を {minutes} 分遅れで行います。経過した実行回数: {count}。",
    ),
    Message(
        "KNM2156-W",
        "Schedule {name}: the clock was set back before the tick of {tick}. It goes on from now.",
        "スケジュール {name}: 時計が {tick} の実行より前に戻されました。現在時刻から続けます。",
        "The clock had been ahead when the tick was dealt with.",
        "Check the time synchronisation of the nodes.",
    ),
    Message(
        "KNM2157-W",
        "Schedule {name}: nothing was judged at {tick}, because its groups are not there any more.",
        "スケジュール {name}: グループがなくなったため、{tick} の判定は行われませんでした。",
        "The groups of the schedule were removed.",
        "Remove the schedule, or add it anew with groups that are there.",
    ),
    Message(
        "KNM2158-E",
        "A schedule has a name of 1 to 100 characters without a slash.",
        "スケジュールの名前は、スラッシュを含まない 1～100 文字です。",
        "The name was empty, too long, or had a slash.",
        "Give another name.",
    ),
)
