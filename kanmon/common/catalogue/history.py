"""Messages about the history of judgments and actions."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM3290-I",
        "Removed from the history: orders: {orders}, actions held back: {withheld}, all from before {before}.",
        "履歴から削除しました: 指示 {orders} 件、見送ったアクション {withheld} 件（{before} より前のもの）",
        "judgment.keep_history_days limits how long verdicts, orders and what was held back are kept.",
    ),
    Message(
        "KNM3291-E",
        "{text} is neither a day nor a moment.",
        "{text} は日付でも日時でもありません。",
        "The history is asked for from or until a time that can't be read.",
        "Write a day such as 2026-11-04, or a moment such as 2026-11-04T10:00 or 2026-11-04T10:00+09:00.",
    ),
    Message(
        "KNM3292-E",
        "{text} is no {what} of the history. There are: {known}.",
        "{text} は履歴の {what} にありません。指定できるもの: {known}",
        "The history is asked for by a word that it does not know.",
        "Use one of the words that the message names.",
    ),
    Message(
        "KNM3293-E",
        "{text} is no place in the history.",
        "{text} は履歴の位置ではありません。",
        "A page of the history was asked for with a cursor that no page has given.",
        "Begin without a cursor, and give back what the page before said under next.",
    ),
    Message(
        "KNM3294-E",
        "The history was asked for from {since} until {until}, which is not later.",
        "履歴の期間が正しくありません: {since} から {until} まで",
        "The end of the time that is asked for is not after its beginning.",
        "Exchange the two. A day is meant from its beginning, as the end of the time to its end.",
    ),
    Message(
        "KNM3295-E",
        "The order can't be carried out again: it was removed with the history.",
        "この指示は再実行できません。履歴とともに削除されています。",
        "A person wants an old action done again, and judgment.keep_history_days has removed what it was to do.",
        "Have it decided anew: kanmon act, for the PCs that are meant.",
    ),
    Message(
        "KNM3296-I",
        "Network, {wanted}: it stands in the list, and the agents are being told.",
        "ネットワーク（{wanted}）: リストに登録済み、エージェントに通知中",
    ),
    Message(
        "KNM3297-I",
        "Network, {wanted}: the agents have carried it out.",
        "ネットワーク（{wanted}）: エージェントが実行しました。",
    ),
    Message(
        "KNM3298-I",
        "Network, {wanted}: the PC was seen where it belongs.",
        "ネットワーク（{wanted}）: PC が正しいネットワークで確認されました。",
    ),
    Message(
        "KNM3299-I",
        "Network, {wanted}: passed over, because the device is a fixed one or a newer order came first.",
        "ネットワーク（{wanted}）: 固定機器であるか、より新しい指示があるため、行いませんでした。",
    ),
)
