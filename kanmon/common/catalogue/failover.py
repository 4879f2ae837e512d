"""Messages of the after-failover report and of health warnings."""

from kanmon.common.messages import Message

MESSAGES: tuple[Message, ...] = ()
