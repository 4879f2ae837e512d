"""Settings by the API: as they hold on this node, changed, and tried out."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router

from kanmon.action.carry_out import try_out
from kanmon.action.carry_out.try_out import Tried
from kanmon.api.callers import Caller, need
from kanmon.api.changes import change, key_of
from kanmon.api.given import Body
from kanmon.common import config
from kanmon.journal.once import was_done
from kanmon.setup import kept

router = Router()


class NewSettings(Body):
    """``settings``: values by name, null for the default."""

    settings: dict[str, str | bool | int | float | list[str] | None] = Field(min_length=1, max_length=100)


class TestMail(Body):
    """Whom the test mail goes to."""

    address: str = Field(min_length=3, max_length=254)


class TestReceiver(Body):
    """``receiver``: section and name, as webhook/siem or events/siem."""

    receiver: str = Field(min_length=1, max_length=100)


@router.get("/settings")
def settings(request: HttpRequest, section: str = "") -> list[dict[str, Any]]:
    """All settings, or those of one section, as they hold on this node: value, default, unit, bounds, source, meaning."""
    need(request, "manage_cluster")
    return [
        {
            "name": one.setting.name, "value": one.shown, "default": one.setting.default, "unit": one.setting.unit,
            "least": one.setting.low, "most": one.setting.high, "choices": list(one.setting.choices),
            "source": one.source, "changeable": not one.fixed and not one.elsewhere,
            "changed_at": one.changed_at.isoformat() if one.changed_at else None, "changed_by": one.changed_by,
            "meaning": one.setting.reason,
        }
        for one in kept.listed(section)
    ]  # fmt: skip


@router.post("/settings")
def change_settings(request: HttpRequest, new: NewSettings) -> dict[str, Any]:
    """Change settings: all of them or, when one is refused, none."""
    who = need(request, "manage_cluster")
    subject = "Settings: " + ", ".join(sorted(new.settings))
    operation, _ = change(request, who, subject, lambda: kept.change(new.settings, who.username))
    kept.load()
    return {"settings": (operation.outcome or {}).get("settings", {}), "operation": operation.id}


@router.post("/settings/test-mail")
def try_mail(request: HttpRequest, test: TestMail) -> dict[str, Any]:
    """Send a test mail by every mail server in turn."""
    who = need(request, "manage_cluster")
    language = str(config.get("server.language"))
    return _try(
        request, who, f"Test mail to {test.address}", lambda: try_out.mail(test.address, who.username, language)
    )


@router.get("/settings/receivers")
def receivers(request: HttpRequest) -> list[str]:
    """The names of the receivers of webhooks and events, as section/name."""
    need(request, "manage_cluster")
    return try_out.receivers()


@router.post("/settings/test-receiver")
def try_receiver(request: HttpRequest, test: TestReceiver) -> dict[str, Any]:
    """Connect to a receiver of webhooks or events; no event is sent."""
    who = need(request, "manage_cluster")
    language = str(config.get("server.language"))
    return _try(request, who, f"Test of {test.receiver}", lambda: [try_out.receiver(test.receiver, language)])


def _try(request: HttpRequest, who: Caller, subject: str, work: Any) -> dict[str, Any]:
    """What was tried stays as an operation; sent again under the same key, it is not tried again."""
    key = key_of(request, who)
    tried: list[Tried] = [] if key and was_done(key) else work()
    operation, _ = change(request, who, subject, lambda: told(tried))
    return {"tried": (operation.outcome or {}).get("tried", []), "operation": operation.id}


def told(tried: list[Tried]) -> dict[str, Any]:
    """What is kept of it."""
    return {"tried": [{"good": one.good, "id": one.id, "sentence": one.sentence} for one in tried]}
