"""What a browser sends of a form that was shown, unchanged: for programs that fill in forms as people do."""

from collections.abc import Sequence

from kanmon.console.policy_form.nodes import Node
from kanmon.console.policy_form.show import all_controls
from kanmon.console.policy_form.take import ON, ROW


def sent(shown: Sequence[Node]) -> dict[str, str]:
    """The names and values of its controls."""
    found: dict[str, str] = {}
    for node in all_controls(list(shown)):
        if node.kind == "switch":
            found |= {ON + node.path: "1"} if node.on else {}
        elif node.kind == "flag":
            found |= {node.path: "true"} if node.on else {}
        elif node.kind == "version":
            found |= {f"{node.path}.value": node.value, f"{node.path}.comparison": node.comparison}
        elif node.kind == "rows":
            found |= {ROW + row.path: "1" for row in node.rows if row.open}
        elif node.kind not in ("group", "texts"):
            found[node.path] = node.value.replace("\n", "\r\n")
    return found
