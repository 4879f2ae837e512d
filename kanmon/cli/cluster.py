"""cluster ...: the commands about nodes."""

import typer

group = typer.Typer(no_args_is_help=True, help="Nodes, and what remains of a failed stop.")


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="cluster")
