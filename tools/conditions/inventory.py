"""Conditions on the inventory itself, see ``tools.conditions``."""

from kanmon.common.facts import Setting
from tools.conditions.about import About, Example, pc

SMB = Setting("smb1", False)
ABOUT = (
    About(
        "inventory.agent", "`agent.version`", "agent", "pc_settings:\n  judge: true\n  protocols: {smb1: {}}",
        "never; it is Unknown when the inventory does not name the agent that made it, and so is each judged item",
        Example((SMB,)), "the agent is named with its version", pc(SMB), "the agent", Example((SMB,)), only_unknown=True,
        note="It needs no words in the policy. The example judges something, so that it is asked.",
    ),
    About(
        "inventory.stale", "the column `reported_at`", "reported_at", "stale_inventory: {after_days: 30~}",
        "the newest report is more than `after_days` days old", pc(reported_at=1790000000),
        "it is not", pc(reported_at=1795100000), "the time of the report", pc(),
        note="Days are those of `server.time_zone`. It makes a PC worse, never Safe.", level="danger",
    ),
)  # fmt: skip
