"""All questions to this machine -> one inventory in Kanmon's own JSON."""

import msgspec

import kanmon
from kanmon.client import accounts, antivirus, drives, firewall, identity, packages, services, settings
from kanmon.client.machine import Machine, ask
from kanmon.common import clock
from kanmon.intake.formats.kanmon_schema import AgentPart, Identity, Inventory

AGENT = "kanmon-client"


def collect(machine: Machine | None = None, *, group: str = "", tag: str = "") -> bytes:
    """The inventory of this machine as JSON. ``group`` is a path such as "/Tokyo/Sales".

    Never raises for what the machine lacks: such a section is left out. Takes seconds, most of it for apt.
    """
    return msgspec.json.encode(inventory(machine or Machine(), group=group, tag=tag))


def inventory(machine: Machine, *, group: str = "", tag: str = "") -> Inventory:
    """The inventory of ``machine``."""
    return Inventory(
        kanmon=1,
        agent=AgentPart(AGENT, kanmon.__version__),
        device_id=identity.device_id(machine),
        reported_at=clock.now().replace(microsecond=0),
        host=identity.host(machine),
        identity=ask(identity.identity, machine) or Identity(),
        asset_number=ask(identity.asset_number, machine) or "",
        group=group,
        tag=tag,
        os=ask(identity.operating_system, machine),
        hardware=ask(identity.hardware, machine),
        columns=ask(identity.columns, machine),
        software=ask(packages.software, machine),
        pending_updates=ask(packages.pending, machine),
        antivirus=ask(antivirus.antivirus, machine),
        settings=ask(settings.settings, machine),
        accounts=ask(accounts.accounts, machine),
        shares=ask(services.shares, machine),
        services=ask(services.services, machine),
        firewall=ask(firewall.firewall, machine),
        drives=ask(drives.drives, machine),
    )
