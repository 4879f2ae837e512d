"""The settings that are kept in the database: read them, change them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kanmon.common import clock, config
from kanmon.common.config import BY_NAME, SETTINGS, Setting
from kanmon.common.errors import Refused
from kanmon.setup.changeable import Why, why_not
from kanmon.setup.models import KeptSetting

log = logging.getLogger("kanmon.setup")
CHARACTERS = 10_000  # of one value
HERE = "console"
WHY_NOT = {"machine": "KNM6030-E", "password": "KNM6031-E"}


@dataclass(frozen=True, slots=True)
class InForce:
    """One setting as it holds on this node. ``source``: default, console, the file, or the environment variable.

    ``fixed``: why it can't be changed here. ``changed_at``, ``changed_by``: of a value that was set here.
    """

    setting: Setting
    value: Any
    source: str
    fixed: Why
    changed_at: datetime | None
    changed_by: str

    @property
    def shown(self) -> Any:
        """The value, but not that of a secret."""
        return ("***" if self.value else "") if self.setting.secret else self.value

    @property
    def elsewhere(self) -> bool:
        """Whether the machine's file or environment says it, which wins."""
        return self.source not in ("default", HERE)


def load() -> None:
    """Let this process use what is kept. A value that is none any more (of another version) is left out, and logged."""
    found: dict[str, Any] = {}
    for name, value in KeptSetting.objects.values_list("name", "value"):
        setting = BY_NAME.get(name)
        try:
            if setting is not None:
                found[name] = config.convert(setting, value, HERE)
        except Refused as problem:
            log.warning("%s", problem)
    config.keep(found)


def listed(section: str = "") -> list[InForce]:
    """All settings, or those of one section, in the order of the table."""
    load()
    rows = {row.name: row for row in KeptSetting.objects.all()}
    return [_in_force(one, rows.get(one.name)) for one in SETTINGS if section in ("", one.name.split(".")[0])]


def one(name: str) -> InForce:
    """One setting. Raises Refused KNM6032-E when there is none of that name."""
    if name not in BY_NAME:
        raise Refused("KNM6032-E", status=404, name=name[:100])
    return _in_force(BY_NAME[name], KeptSetting.objects.filter(name=name).first())


def _in_force(setting: Setting, row: KeptSetting | None) -> InForce:
    held = config.in_force(setting.name)
    kept = row if held.source == HERE else None
    return InForce(
        setting, held.value, held.source, why_not(setting.name), kept.changed_at if kept else None,
        kept.changed_by if kept else "",
    )  # fmt: skip


def change(values: Mapping[str, Any], actor: str) -> dict[str, Any]:
    """Set settings to ``values``; None: back to the default. Inside the transaction of the change.

    Returns what is kept of it. ``load`` makes it hold, after the commit. Raises Refused: KNM6001-E (a value), KNM6030-E
    and KNM6031-E (not here), KNM6032-E (no such setting), KNM6033-E (the machine says it), KNM6034-E (too long).
    """
    told = {}
    for name, raw in values.items():
        now = one(name)
        if now.fixed:
            raise Refused(WHY_NOT[now.fixed], status=409, name=name)
        if now.elsewhere:
            raise Refused("KNM6033-E", status=409, name=name, source=now.source)
        told[name] = _set(now, raw, actor)
    return {"settings": told}


def _set(now: InForce, raw: Any, actor: str) -> Any:
    name = now.setting.name
    if raw is None:
        KeptSetting.objects.filter(name=name).delete()
        return None
    if len(str(raw)) > CHARACTERS:
        raise Refused("KNM6034-E", status=422, name=name, most=CHARACTERS)
    value = config.convert(now.setting, raw, HERE)
    KeptSetting.objects.update_or_create(
        name=name, defaults={"value": value, "changed_at": clock.now(), "changed_by": actor[:150]}
    )
    return value
