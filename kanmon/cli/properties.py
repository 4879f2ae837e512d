"""properties: what the fleet has, for who writes a user definition."""

from typing import Annotated, Any

import typer

from kanmon.cli import show
from kanmon.cli.client import manager
from kanmon.cli.tokens import JsonOption, ServerOption, TokenFile


def add(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog="Example: kanmon properties --class software --property publisher")(properties)


@show.sentences
def properties(
    cls: Annotated[str, typer.Option("--class", help="The properties of this class.")] = "",
    name: Annotated[str, typer.Option("--property", help="The values of this property of the class.")] = "",
    search: Annotated[str, typer.Option(help="Only values with this text in them.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many values, the most frequent first.")] = 50,
    server: ServerOption = "",
    token_file: TokenFile = None,
    json: JsonOption = False,
) -> None:
    """List what inventories tell: classes, their properties, and how many PCs have which value."""
    if name and not cls:
        raise typer.BadParameter("--property needs --class")
    with manager(server, token_file, reading=True) as client:
        if name:
            said = client.call("GET", f"/properties/{cls}/{name}", search=search, limit=limit)
        else:
            said = client.call("GET", f"/properties/{cls}" if cls else "/properties")
    rows: list[tuple[Any, ...]]
    if json:
        show.as_json(said)
    elif name:
        show.table(("Value", "PCs"), [(one["value"], one["pcs"]) for one in said["values"]])
        print(f"{said['distinct']:,} values ({said['type']}); {said['pcs']:,} of {said['of_pcs']:,} PCs have one")
    elif cls:
        rows = [
            (
                one["property"],
                one["type"],
                one["distinct"],
                one["pcs"],
                ", ".join(row["value"] for row in one["values"]),
            )
            for one in said
        ]
        show.table(("Property", "Type", "Values", "PCs", "Most frequent"), rows)
    else:
        rows = [(one["class"], one["records"], one["pcs"], ", ".join(one["properties"])) for one in said]
        show.table(("Class", "Records", "PCs", "Properties"), rows)
