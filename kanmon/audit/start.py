"""Settings in force at a start that differ from those of this node's start before."""

from typing import Any

from django.utils.crypto import salted_hmac

from kanmon.audit import rows
from kanmon.audit.models import StartSettings
from kanmon.common import clock, config
from kanmon.common.redact import redact
from kanmon.journal.here import HERE
from kanmon.journal.writing import transaction


def note_settings() -> list[str]:
    """Write one row when settings differ; call it once at each start. Returns their names.

    At the first start they are compared with the defaults.
    """
    now = {name: _shown(name, value.value) for name, value in config.read().items()}
    with transaction():
        known = StartSettings.objects.filter(node=HERE.node).first()
        before = known.settings if known else {one.name: _shown(one.name, one.default) for one in config.SETTINGS}
        names = sorted(name for name in {*now, *before} if now.get(name) != before.get(name))
        if known is None or names:
            StartSettings.objects.update_or_create(node=HERE.node, defaults={"at": clock.now(), "settings": now})
        if names:
            changed = {name: {"before": _told(before.get(name)), "now": _told(now.get(name))} for name in names}
            rows.write(
                "settings_changed", actor="kanmon", subject=", ".join(names),
                detail={"id": "KNM4209-I", "settings": changed, "node": HERE.node},
            )  # fmt: skip
    return names


def _shown(name: str, value: Any) -> Any:
    """A setting as it is kept: a secret as a mark made with the signing key, which says only whether it is the same."""
    if config.BY_NAME[name].secret and value:
        return {"secret": salted_hmac("kanmon.audit.start", str(value)).hexdigest()[:16]}
    if isinstance(value, list):
        return [redact(one) for one in value]
    return redact(value) if isinstance(value, str) else value


def _told(kept: Any) -> Any:
    return "***" if isinstance(kept, dict) else kept
