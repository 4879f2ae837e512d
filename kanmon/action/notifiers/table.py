"""Which notifier tells a receiver of events: by the scheme of its address in ``events.targets``."""

from kanmon.action.notifiers.notifier import Notifier
from kanmon.action.notifiers.syslog import Syslog

NOTIFIERS: dict[str, type[Notifier]] = {
    "tls": Syslog,
    "tcp": Syslog,
}
