"""Messages about nodes, lease and cluster software."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = ()
