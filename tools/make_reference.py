"""Write the reference pages that say what the code says: settings, messages, commands, health warnings, conditions.

python tools/make_reference.py           write them below docs/reference
python tools/make_reference.py --check   write nothing; fail when a page differs from the code
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from kanmon.agent.config import SETTINGS as AGENT_SETTINGS
from kanmon.common import messages
from kanmon.common.config import SETTINGS, Setting
from kanmon.setup.changeable import CHANGEABLE

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a file, its folder stands there instead
from tools.conditions import page  # noqa: E402

REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by tools/make_reference.py from {}. Change the code, then run the tool. -->\n"

SECTIONS = {
    "server": "Where and how console, API and intake are served.",
    "intake": "Bounds of what is taken in.",
    "inventory": "What is kept of inventories.",
    "feeds": "Knowledge from outside.",
    "mail": "The SMTP server and who gets mails.",
    "action": "When and how often actions are carried out.",
    "webhook": "The receivers of webhooks.",
    "events": "The receivers of events.",
    "agents": "Network agents: where they call.",
    "portal": "The remediation page for PCs in quarantine.",
    "network": "Network control: how many PCs may be cut off, and how long the network may take to show it.",
    "message": "Messages to the users of PCs.",
    "command": "Commands of action policies: what may be run, by whom, and where.",
    "log": "The Manager log.",
    "sign_in": "How people sign in.",
    "audit": "How long the audit is kept.",
    "backup": "Scheduled backups.",
    "cluster": "Nodes: their names, the lease, and where a Manager may start.",
    "database": "Where everything is stored.",
    "judgment": "Judging: the index that is kept, and how long the past is.",
    "schedule": "Judging at set times.",
    "statistics": "Statistics: when a day is stored, and what is counted.",
}
AGENT_SECTIONS = {
    "agent": "The process: where it listens, what it drives, its logs.",
    "link": "The exchange with the Manager.",
}
SUBJECTS = {
    "service": "Service",
    "intake": "Reading of inventories",
    "intake_text": "Text of Windows commands, tables of osquery",
    "inventory": "Receiving, identifying and recording",
    "feeds": "Feeds: knowledge from outside",
    "judgment": "Judgment",
    "antivirus": "Antivirus versions",
    "action": "Actions",
    "action_command": "Commands",
    "events": "Events, and orders that were not delivered",
    "action_mail": "Mail",
    "history": "History of judgments and actions",
    "journal": "Operations, interruption and recovery",
    "policy": "Policy documents",
    "policy_life": "Versions, assignments, groups and waivers",
    "policy_editing": "Editing policies",
    "settings": "Settings and commands",
    "accounts": "People and tokens",
    "people": "Limits, sign-in, sessions and personal data",
    "cluster": "Nodes, lease and cluster software",
    "place": "Where a Manager may start, and what a stop leaves behind",
    "audit": "Audit",
    "backup": "Backup and restore",
    "failover": "Failover report",
    "health": "Health warnings",
    "whatif": "What-if",
    "past": "The past",
    "api": "The API",
    "schedule": "Schedules",
    "statistics": "Statistics",
    "agent": "Agent: list, orders, drivers",
    "agent_link": "Agent: enrolment and exchange with the Manager",
    "network_drivers": "Agent: drivers",
    "radius": "RADIUS",
    "radius_causes": "Why a switch refuses a Disconnect or CoA",
    "network": "Network control (Manager)",
    "portal": "Remediation page",
    "message": "Messages to users, and their clients",
    "search": "Search over PCs, saved searches, orders on a search",
}
EXIT_CODES = {  # names of kanmon.cli.show
    "OK": "Done.",
    "REFUSED": "Refused: one line on stderr begins with the id of the [message](messages.md) that says why. Of `report"
    " failover`, `operation` and `health`: something needs a person, and stdout says what.",
    "USAGE": "The command line itself is wrong: an unknown option, a missing argument, a number out of bounds. Of `policy"
    " plan`: something would change.",
    "NOT_FOUND": "A PC, group, policy, source or operation of that name is not there.",
    "NO_MANAGER": "No Manager answers there, or this home is not set up.",
    "NOT_ALLOWED": "No valid token, or its role does not allow this.",
    "FAILED": "The work was begun and has failed, or every file or PC of the order was refused.",
    "PARTLY": "Some files or PCs of the order were refused, the others were taken.",
    "NOT_HERE": "No Manager may start on this machine now: disk or address not in place, or another one is alive.",
}


def settings() -> str:
    """The page of all settings."""
    lines = [
        MADE.format("kanmon.common.config.SETTINGS"),
        "# Settings\n",
        "A setting is read from `$KANMON_HOME/kanmon.toml`, where it stands under its section (`mail.server` is\n"
        "`server = ...` under `[mail]`), or from its environment variable, which wins over the file. In the\n"
        "environment the addresses of a list are separated by commas. Both are read once, when the program\n"
        "starts: restart the Manager after a change.\n",
        "Those marked *yes* under *Running* also change while the Manager runs, in the Setup window, by\n"
        "`kanmon settings set` and by the API, for all nodes at once; see\n"
        "[Change settings](../howto/change-settings.md). What the file or the environment says wins.\n",
        "`kanmon check` shows every value in force and where it comes from, and refuses a name or value that is\n"
        "wrong with the nearest name or the bounds that are meant.\n",
        "`KANMON_HOME` itself is only an environment variable: the folder with database, settings, secrets and logs.\n"
        "Without it the folder is `~/.kanmon`.\n",
    ]
    for section, told in SECTIONS.items():
        lines.append(f"## [{section}]\n\n{told}\n")
        lines.append(
            "| Setting | Default | Unit | Allowed | Running | Meaning |\n| --- | --- | --- | --- | --- | --- |"
        )
        lines += [
            _setting(one, "yes" if one.name in CHANGEABLE else "no")
            for one in SETTINGS
            if one.name.split(".")[0] == section
        ]
        lines.append("")
    lines.append("## Environment variables\n\n| Setting | Variable |\n| --- | --- |")
    lines += [f"| `{one.name}` | `{one.variable}` |" for one in SETTINGS]
    return "\n".join(lines) + "\n"


def agent_settings() -> str:
    """The page of the settings of the agent."""
    lines = [
        MADE.format("kanmon.agent.config.SETTINGS"),
        "# Settings of the agent\n",
        "A setting is read from `agent.toml` in the agent's home, where it stands under its section, or from its\n"
        "environment variable, which wins over the file. The home is `KANMON_AGENT_HOME`, without it `~/.kanmon-agent`.\n"
        "`kanmon agent check` shows every value in force and where it comes from. Restart the agent after a change.\n\n"
        "`[drivers.NAME]` holds the settings of a driver, `[radius]` those of RADIUS; their own pages tell them.\n",
    ]
    for section, told in AGENT_SECTIONS.items():
        lines.append(f"## [{section}]\n\n{told}\n")
        lines.append("| Setting | Default | Unit | Allowed | Meaning |\n| --- | --- | --- | --- | --- |")
        lines += [_setting(one) for one in AGENT_SETTINGS if one.name.split(".")[0] == section]
        lines.append("")
    lines.append("## Environment variables\n\n| Setting | Variable |\n| --- | --- |")
    lines += [f"| `{one.name}` | `{one.variable}` |" for one in AGENT_SETTINGS]
    return "\n".join(lines) + "\n"


def _setting(one: Setting, running: str = "") -> str:
    allowed = ", ".join(f"`{word}`" for word in one.choices)
    if one.low is not None and one.high is not None:
        allowed = f"{one.low:,.0f} to {one.high:,.0f}"
    elif isinstance(one.default, bool):
        allowed = "`true`, `false`"
    default = {True: "`true`", False: "`false`"}.get(one.default) if isinstance(one.default, bool) else None
    default = default or ("(empty)" if one.default in ("", []) else f"`{one.default}`")
    cells = [f"`{one.name}`", default, one.unit, allowed, *([running] if running else []), _cell(one.reason)]
    return f"| {' | '.join(cells)} |"


def catalogue() -> str:
    """The page of all messages."""
    lines = [
        MADE.format("kanmon/common/catalogue"),
        "# Messages\n",
        "Everything that Kanmon says about its work is a sentence with an id: in the Manager log, in answers of API\n"
        "and intake (`title` is the id, `detail` the sentence), on the command line and in the console. The letter\n"
        "says how bad it is: `-E` an error, `-W` a warning, `-I` information. Ids are never used again for something\n"
        "else. Words in braces are filled in.\n",
    ]
    for subject, title in SUBJECTS.items():
        entries = import_module(f"kanmon.common.catalogue.{subject}").MESSAGES
        lines.append(f"## {title}\n")
        for one in sorted(entries):
            lines.append(f"### {one.id}\n\n{one.text}\n\n{one.text_ja}\n")
            lines += [f"- Cause: {one.cause}"] * bool(one.cause) + [f"- Remedy: {one.remedy}"] * bool(one.remedy)
            lines += [""] * bool(one.cause or one.remedy)
    return "\n".join(lines)


def commands() -> str:
    """The page of all commands, from their own help."""
    import typer

    from kanmon.cli import show
    from kanmon.cli.main import app

    top: Any = typer.main.get_command(app)
    lines = [
        MADE.format("the help of kanmon and kanmon/cli/show.py"),
        "# Commands\n",
        "`kanmon` is a client of the running Manager of this home: it talks to `$KANMON_HOME/run/manager.sock`, which\n"
        "only the user of the Manager (and root) can open. With `--server URL` it talks to another Manager, with a token\n"
        "from `--token-file` or `KANMON_TOKEN`. When no Manager runs, a command that only reads opens the database for\n"
        "reading, and one that changes something starts a Manager on the socket for as long as its work takes, and\n"
        "says so on stderr (KNM6012-I).\n",
        "What people want to read goes to stdout, refusals and progress to stderr. `--json` prints the same as JSON.\n",
        "## Exit codes\n\n| Code | Meaning |\n| --- | --- |",
        *(f"| {getattr(show, name)} | {text} |" for name, text in EXIT_CODES.items()),
        "",
    ]
    for name, one in top.commands.items():
        own = {"": one} if getattr(one, "invoke_without_command", False) else {}
        for below, leaf in (own | getattr(one, "commands", {"": one})).items():
            lines += _command(typer, f"{name} {below}".strip(), leaf)
    return "\n".join(lines)


def _command(typer: Any, name: str, one: Any) -> Iterable[str]:
    context = typer.Context(one, info_name=f"kanmon {name}")
    usage = " ".join(one.get_usage(context).removeprefix("Usage: ").split())
    yield f"## kanmon {name}\n\n{one.help}\n\n```text\n{usage}\n```\n"
    records = [found for part in one.params if not part.hidden and (found := part.get_help_record(context))]
    if records:
        yield "| Argument or option | Meaning |\n| --- | --- |"
        yield from (f"| `{_plain(head)}` | {_cell(_plain(text))} |" for head, text in records)
        yield ""
    if one.epilog:
        yield f"{one.epilog.replace('Example: ', 'Example: `', 1)}`\n"


def health() -> str:
    """The page of all health warnings."""
    lines = [
        MADE.format("kanmon.cluster.health.CHECKS and kanmon/common/catalogue/health.py"),
        "# Health warnings\n",
        "What `kanmon health` and the console show when something is not healthy, worst first. A warning goes by itself\n"
        "as soon as its reason is gone; there is nothing to reset. `-E`: work stands still, `-W`: it goes on, but not for\n"
        "ever or not safely. `GET /api/v1/health` gives the same to programs. Words in braces are filled in.\n",
        "| Id | What is said |\n| --- | --- |",
    ]
    catalogue, ids = messages.catalogue(), _checked()
    lines += [f"| [{id}](#{id.lower()}) | {_cell(catalogue[id].text)} |" for id in ids]
    for one in (catalogue[id] for id in ids):
        lines.append(f"\n## {one.id}\n\n{one.text}\n\n- Cause: {one.cause}\n- Remedy: {one.remedy}\n")
        lines.append(f"{one.text_ja}\n\n- 原因: {one.cause_ja}\n- 対処: {one.remedy_ja}")
    return "\n".join(lines) + "\n"


def _checked() -> list[str]:
    """Ids of the checks in their order. They need Django's tables, which need no database to be named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanmon.settings")
    import django

    django.setup()
    from kanmon.api.checks import CHECKS

    return [check.id for check in CHECKS]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;]*m", "", text)).strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "agent-settings.md": agent_settings, "messages.md": catalogue, "commands.md": commands, "health.md": health,
    **page.pages(),
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when the pages are (now) what the code says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, only say which pages are out of date")
    check = parser.parse_args(arguments).check
    if set(SUBJECTS) != set(messages.SUBJECTS):
        print("SUBJECTS of this tool and of kanmon.common.messages differ", file=sys.stderr)
        return 1
    stale = []
    for name, make in PAGES.items():
        path, text = REFERENCE / name, make()
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if check:
            print(f"docs/reference/{name} is out of date. Run `python tools/make_reference.py`.", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main())
