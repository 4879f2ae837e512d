"""Health of this host, and of what is set up on it."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from kanmon.cluster.certificate import not_after
from kanmon.cluster.found import Found
from kanmon.common import clock, config
from kanmon.policy import versions
from kanmon.policy.models import Assignment
from kanmon.policy.rules_action import ActionPolicy

FREE_SHARE = 0.05
FREE_BYTES = 1 * 2**30
CERTIFICATE_DAYS = 21
LEVELS = ("danger", "warning", "caution", "safe")


def disk_nearly_full() -> Iterator[Found]:
    """Little room under the home: neither a report nor an entry could be written."""
    home = config.home()
    usage = shutil.disk_usage(home)
    if usage.free < min(FREE_BYTES, usage.total * FREE_SHARE):
        yield Found({"path": str(home), "free": f"{usage.free / 2**20:,.0f}", "total": f"{usage.total / 2**20:,.0f}"})


def mail_not_set_up() -> Iterator[Found]:
    """A policy that holds for somebody orders mails, and none can be sent."""
    missing = [name for name in ("mail.server", "mail.administrators") if not config.get(name)]
    if not missing:
        return
    for policy in Assignment.objects.filter(kind="action").values_list("policy", flat=True).distinct():
        rules: ActionPolicy = versions.rules(versions.newest(policy))
        mails = [mail for level in LEVELS if (mail := getattr(rules, level).mail) is not None]
        wanted = mails if "mail.server" in missing else [mail for mail in mails if mail.to == "administrators"]
        if wanted:
            yield Found({"policy": rules.name, "settings": ", ".join(missing)})


def certificate_expires() -> Iterator[Found]:
    """The certificate of the console and of intake."""
    path = str(config.get("server.certificate"))
    if not path:
        return
    until = not_after(Path(path).read_text("ascii", "replace"))
    if until is not None and until - clock.now() < timedelta(days=CERTIFICATE_DAYS):
        days = int((until - clock.now()).total_seconds() // 86_400)
        yield Found({"path": path, "until": until.strftime("%Y-%m-%d %H:%M UTC"), "days": days})
