"""``python -m bench [NAME...]``: each bench in a process of its own, one table, one JSON file each."""

import subprocess
import sys

BENCHES = (
    "group_commit",
    "intake",
    "recording",
    "judging",
    "judge_memory",
    "names",
    "deciding",
    "orders",
    "denials",
    "authorize",
    "messages",
    "journal_cost",
    "scale",
    "pc_list",
    "policy_edit",
    "overview",
    "whole",
    "whatif_panel",
)


def main(names: list[str]) -> int:
    """Run the benches. Returns how many failed."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"No such bench: {', '.join(unknown)}. There are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    failed = [name for name in names or BENCHES if subprocess.run([sys.executable, "-m", f"bench.{name}"]).returncode]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
