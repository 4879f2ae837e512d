"""policy import: a new version of an action policy."""

from pathlib import Path
from typing import Annotated

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.looking import policy
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile


def add(app: typer.Typer) -> None:
    """The command belongs to the group of ``looking``."""


@policy.command("import", epilog="Example: kanmon policy import actions.yaml")
@show.sentences
def policy_import(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="YAML or JSON.")],
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """Take in an action policy: a new version of the one that it names. It holds from the next judgment on."""
    with manager(server, token_file) as client:
        made = client.call("POST", "/policies", {"text": file.read_text("utf-8", "replace")})
    show.as_json(made) if json else print(f"{made['name']} version {made['version']}")
