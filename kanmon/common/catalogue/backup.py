"""Messages about backup and restore."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = ()
