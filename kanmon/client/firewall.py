"""The firewall: what the kernel really filters, under the name of the program that set it up.

Only root sees the rules. Others learn a state only where a program tells it to everybody.
"""

import re

import msgspec

from kanmon.client.machine import Machine
from kanmon.intake.formats.kanmon_schema import FirewallPart


def firewall(machine: Machine) -> tuple[FirewallPart, ...] | None:
    """One record: whether incoming traffic is filtered. None when it cannot be seen."""
    front = _front(machine)
    filters = _filters(machine)
    if filters is not None:
        tool = "nftables" if machine.command("nft") else "iptables"
        return (FirewallPart(front or tool, filters),)
    return (FirewallPart(front, True),) if front else None


def _front(machine: Machine) -> str:
    """ufw or firewalld when they say that they are active, else ""."""
    told = machine.run("ufw", "status") if machine.is_root else None
    if told and ufw_is_active(told.text):
        return "ufw"
    told = machine.run("firewall-cmd", "--state")
    return "firewalld" if told and told.text.strip() == "running" else ""


def ufw_is_active(text: str) -> bool:
    """Whether ``ufw status`` says that it is active."""
    return re.search(r"^Status: active\s*$", text, re.MULTILINE) is not None


def _filters(machine: Machine) -> bool | None:
    if not machine.is_root:
        return None
    told = machine.run("nft", "-j", "list", "ruleset")
    if told and told.status == 0:
        return nftables_filters(told.text)
    answers = [machine.run(name, "-S") for name in ("iptables", "ip6tables")]
    texts = [answer.text for answer in answers if answer and answer.status == 0]
    return any(map(iptables_filters, texts)) if texts else None


def nftables_filters(text: str) -> bool:
    """Whether a chain on the input hook (or ingress of a card) drops or rejects anything, itself or by a jump."""
    objects = msgspec.json.decode(text)["nftables"]
    chains = [one["chain"] for one in objects if "chain" in one]
    rules = [one["rule"] for one in objects if "rule" in one]
    reached = {
        (chain["family"], chain["table"], chain["name"])
        for chain in chains
        if chain.get("hook") in ("input", "ingress", "prerouting") and chain.get("type") == "filter"
    }
    if any(
        chain.get("policy") == "drop" and (chain["family"], chain["table"], chain["name"]) in reached
        for chain in chains
    ):
        return True
    seen: set[tuple[str, str, str]] = set()
    while reached - seen:
        seen |= reached
        for rule in rules:
            if (rule["family"], rule["table"], rule["chain"]) not in seen:
                continue
            for part in rule.get("expr", ()):
                if "drop" in part or "reject" in part:
                    return True
                target = (part.get("jump") or part.get("goto") or {}).get("target")
                if target:
                    reached.add((rule["family"], rule["table"], target))
    return False


def iptables_filters(text: str) -> bool:
    """Whether ``iptables -S`` shows a policy or a rule that drops or rejects incoming packets."""
    if re.search(r"^-P INPUT DROP", text, re.MULTILINE):
        return True
    targets: dict[str, set[str]] = {}
    for chain, target in re.findall(r"^-A (\S+) .*?-[jg] (\S+)", text, re.MULTILINE):
        targets.setdefault(chain, set()).add(target)
    reached, seen = {"INPUT"}, set[str]()
    while reached - seen:
        seen |= reached
        for chain in seen:
            reached |= targets.get(chain, set())
    return not reached.isdisjoint({"DROP", "REJECT"})
