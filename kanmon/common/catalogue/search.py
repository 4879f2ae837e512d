"""Messages about the search over PCs, saved searches, and orders on all PCs of a search."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM7100-E",
        "The list of PCs is still being read after the start of this Manager. Ask again in a few seconds.",
        "この Manager の起動後、PC の一覧を読み込んでいます。数秒後にもう一度表示してください。",
        "A Manager keeps the list of all PCs and their inventories in memory, and reads them once after its start.",
        "Wait. If it stays so, look into the Manager log.",
    ),
    Message(
        "KNM7106-E",
        "“{text}” is no day. A day is written like 2027-03-31.",
        "「{text}」は日付ではありません。日付は 2027-03-31 の形式で入力してください。",
        "The last day of a waiver could not be read.",
        "Write year, month and day with hyphens.",
    ),
    Message(
        "KNM7101-E",
        "The search finds {count} PCs. This can be done to {most} at most at once.",
        "検索結果は {count} 台です。この操作は一度に {most} 台までです。",
        "An order writes a line for each PC and for each of its MAC addresses; the number at once is bounded.",
        "Add a filter, a group for instance, and give the order in parts.",
    ),
    Message(
        "KNM7102-E",
        "You were asked about {asked} PCs, and the search finds {count} now. Nothing was done.",
        "確認した時点では {asked} 台でしたが、現在の検索結果は {count} 台です。何も実行していません。",
        "Between the question and the order, clearly more PCs have come to match the search.",
        "Look at the search again, and give the order anew.",
    ),
    Message(
        "KNM7103-E",
        "No more than {most} searches of this kind are kept.",
        "この種類の検索条件は {most} 個まで保存できます。",
        "Saved searches stand as tabs over the list and are counted; their number is bounded: 10 a person, 20 shared.",
        "Remove one, and save the search again.",
    ),
    Message(
        "KNM7104-E",
        "A saved search has a name of 1 to {most} characters and at least one filter.",
        "保存する検索条件には、1〜{most} 文字の名前と 1 つ以上の条件が必要です。",
        "The name was empty or too long, or the search had no filter or far too many values.",
        "Give a short name to a search with filters.",
    ),
    Message(
        "KNM7105-E",
        "There is another saved search called “{name}”.",
        "「{name}」という名前の検索条件がすでにあります。",
        "Names of a person's searches are different from each other.",
        "Give another name.",
    ),
)
