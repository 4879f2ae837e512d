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
)
