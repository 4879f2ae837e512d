"""Messages about limits to groups, sign-in, sessions and personal data."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = (
    Message(
        "KNM7200-E",
        "This is of the whole system; {who} is limited to groups.",
        "システム全体に関わる操作です。{who} は一部のグループに限定されています。",
        "The person or token sees and changes the PCs of some groups only.",
        "Ask somebody who is not limited to groups, or ask an administrator to take the limit away.",
    ),
    Message(
        "KNM7201-E",
        "{count} groups are too many for one person; at most {most} are taken.",
        "1 人に指定できるグループは {most} 個までです（指定: {count} 個）。",
        "A limit names groups; what is below them belongs to it.",
        "Name a group above them.",
    ),
)
