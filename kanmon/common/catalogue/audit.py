"""Messages about the audit."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = ()
