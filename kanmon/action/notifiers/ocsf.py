"""An event as JSON of the Open Cybersecurity Schema Framework, version 1.3.0. Pure.

A PC is a *Compliance Finding* (class 2003): created when it comes to a level, updated while it has one, closed when it
is Safe; ``finding_info.uid`` stays the same for a PC, ``metadata.uid`` is the id of the event. A run is a *Scan
Activity* (class 6007), completed. What the schema has no place for stands in ``unmapped``.
"""

from typing import Any

import msgspec

from kanmon import __version__
from kanmon.action.events import AboutPc, Event
from kanmon.judgment.levels import Level

VERSION = "1.3.0"
SEVERITY = {
    Level.DANGER: (5, "Critical"),
    Level.WARNING: (4, "High"),
    Level.CAUTION: (3, "Medium"),
    Level.SAFE: (1, "Informational"),
}
CREATE, UPDATE, CLOSE = (1, "Create"), (2, "Update"), (3, "Close")
SYSTEMS = {"windows": (100, "Windows"), "linux": (200, "Linux"), "android": (201, "Android"), "macos": (300, "macOS")}
SCANS = {
    "schedule": (2, "Scheduled"),
    "feed": (3, "Updated Content"),
    "judge_command": (1, "Manual"),
    "pc_list": (1, "Manual"),
}


def ocsf(event: Event, flags: dict[str, str]) -> str:
    """The JSON, in one line. ``flags``: more of Kanmon's own."""
    told = _finding(event, event.pc) if event.pc else _scan(event)
    told["unmapped"] |= flags
    return msgspec.json.encode(told).decode()


def _common(
    event: Event, category: tuple[int, str], class_: tuple[int, str], activity: tuple[int, str]
) -> dict[str, Any]:
    one = event.occasion
    severity = SEVERITY.get(event.level, (0, "Unknown"))
    return {
        "category_uid": category[0], "category_name": category[1], "class_uid": class_[0], "class_name": class_[1],
        "activity_id": activity[0], "activity_name": activity[1], "type_uid": class_[0] * 100 + activity[0],
        "time": _ms(event), "severity_id": severity[0], "severity": severity[1], "message": event.sentence,
        "metadata": {
            "version": VERSION, "uid": event.id, "correlation_uid": f"run-{one.run}",
            "product": {"name": "Kanmon", "vendor_name": "Kanmon", "version": __version__},
            "profiles": ["host"] if event.pc else [], "log_name": "kanmon",
        },
        "unmapped": {
            "requester": one.requester, "actor": one.actor, "level": event.level.word, "policy": one.policy,
            "policy_version": one.version, "when": one.when, "step": one.step, "run": one.run, "order": one.order,
        },
    }  # fmt: skip


def _finding(event: Event, pc: AboutPc) -> dict[str, Any]:
    safe = pc.level == Level.SAFE
    fresh = pc.level_before in (Level.NOT_JUDGED, Level.SAFE)
    activity = CLOSE if safe else CREATE if fresh else UPDATE
    told = _common(event, (2, "Findings"), (2003, "Compliance Finding"), activity)
    failing = [item for item, level in pc.items.items() if level in ("danger", "warning", "caution")]
    system = SYSTEMS.get(pc.os.family, (99, "Other"))
    of_os = {
        "name": pc.os.name or "unknown",
        "type_id": system[0],
        "type": system[1],
        "version": pc.os.version,
        "build": pc.os.build,
    }
    told |= {
        "status_id": 4 if safe else 1, "status": "Resolved" if safe else "New",
        "finding_info": {
            "uid": event.id.rpartition("_")[0].rpartition("_")[0] + f"_pc_{pc.number}", "title": event.sentence,
            "desc": pc.why, "types": failing, "src_url": pc.link, "created_time": _ms(event),
        },
        "compliance": {
            "standards": ["Kanmon judgment policy"], "control": "Security level of a PC", "requirements": failing,
            "status_id": 1 if safe else 3, "status": "Pass" if safe else "Fail", "status_detail": pc.why,
        },
        "device": _full({
            "type_id": 0, "type": "Unknown", "hostname": pc.host, "uid": pc.asset_number, "domain": pc.domain,
            "ip": pc.ip.partition(" ")[0], "mac": pc.mac.partition(" ")[0], "os": _full(of_os),
            "groups": [{"name": pc.group}], "is_compliant": safe, "owner": {"name": pc.user} if pc.user else None,
        }),
        "resources": [{"uid": pc.asset_number, "name": pc.host, "type": "PC"}],
    }  # fmt: skip
    told["unmapped"] |= {"pc": pc.number, "level_before": pc.level_before.word, "items": pc.items}
    return told


def _scan(event: Event) -> dict[str, Any]:
    one = event.occasion
    kind = SCANS.get(one.requester, (99, one.requester))
    return _common(event, (6, "Application Activity"), (6007, "Scan Activity"), (2, "Completed")) | {
        "scan": {"uid": str(one.run), "name": f"Judgment run {one.run}", "type_id": kind[0], "type": kind[1]},
        "policy": {"name": one.policy, "version": str(one.version)}, "num_detections": one.pcs, "total": one.judged,
    }  # fmt: skip


def _full(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}


def _ms(event: Event) -> int:
    return int(event.occasion.at.timestamp() * 1000)
