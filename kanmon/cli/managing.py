"""pcs remove, pcs disable, pcs enable: which PCs are under management."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import Client, follow, manager
from kanmon.cli.looking import pcs_group
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile
from kanmon.common.errors import Refused
from kanmon.common.messages import counted

MOST_AT_ONCE = 10_000
HELP = {
    "remove": "Remove PCs from management: no list shows them, their past is kept. One that reports again is back.",
    "disable": "Disable management of PCs: they are not judged, and policies do nothing; what people order goes on.",
    "enable": "Enable management of PCs that are disabled or removed, and judge them.",
}
QUESTIONS = {
    "remove": "Remove {counted} from management?",
    "disable": "Disable management of {counted}?",
    "enable": "Enable management of {counted}?",
}


def add(app: typer.Typer) -> None:
    """Add these commands to those of ``kanmon pcs``."""
    for wanted, help in HELP.items():
        _command(wanted, help)


def _command(wanted: str, help: str) -> None:
    @pcs_group.command(wanted, help=help, epilog=f"Example: kanmon pcs {wanted} pc-0042 --reason 'given back'")
    @show.sentences
    def command(
        names: Annotated[list[str] | None, typer.Argument(metavar="ASSET_OR_HOST")] = None,
        file: Annotated[Path | None, typer.Option("-f", help="File with asset numbers or hosts, one a line.")] = None,
        group: Annotated[str, typer.Option("-k", help="Path of a group, with what is below.")] = "",
        reason: Annotated[str, typer.Option(help="Why; it stands on the PC's page and in the audit.")] = "",
        yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False,
        server: ServerOption = "",
        token_file: TokenFile = None,
        json: JsonOption = False,
    ) -> None:
        if not names and file is None and not group:
            raise Refused("KNM6009-E")
        with manager(server, token_file) as client:
            pcs = list(dict.fromkeys([*(names or []), *_of_file(file), *_of_group(client, group)]))
            if not pcs:
                raise Refused("KNM1139-E", place=str(file or group))
            if not yes and not _confirmed(QUESTIONS[wanted].format(counted=counted(len(pcs)))):
                raise Refused("KNM1138-E")
            ended = [
                _done(client, {"wanted": wanted, "pcs": pcs[at : at + MOST_AT_ONCE], "reason": reason})
                for at in range(0, len(pcs), MOST_AT_ONCE)
            ]
        if json:
            show.as_json(ended)
        else:
            for one in ended:
                print((one["outcome"] or {}).get("sentence") or one["state"])
        if any(one["state"] != "finished" for one in ended):
            raise SystemExit(show.FAILED)


def _done(client: Client, order: dict[str, Any]) -> dict[str, Any]:
    begun = client.call("POST", "/pcs/manage", order, key=uuid.uuid4().hex)
    return follow(client, begun["id"])


def _confirmed(question: str) -> bool:
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False


def _of_file(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused("KNM6006-E", path=str(path), problem=str(problem)) from None


def _of_group(client: Client, group: str) -> list[str]:
    """Asset numbers of the PCs in a group and below."""
    names: list[str] = []
    after = 0
    while group:
        page = client.call("GET", "/pcs", group=group, after=after, limit=MOST_AT_ONCE)
        names += [one["asset_number"] for one in page]
        if len(page) < MOST_AT_ONCE:
            break
        after = page[-1]["number"]
    return names
