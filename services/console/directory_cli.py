"""The commands of `baton directory`; each imports what it needs only when it runs."""

from pathlib import Path
from typing import Annotated

import typer

directory = typer.Typer(
    help="Who there is: organisations and teams, with their dates.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DirectoryFile = Annotated[
    Path, typer.Argument(help="CSV or JSON (docs/directory.md).", exists=True, dir_okay=False)
]


@directory.command("check")
def directory_check(json: Json = False) -> None:
    """Say whether the directory holds together: circles, dead ends, roles that a place lacks. Exits 1 at a fault."""
    from services.console.commands.directory import check as run

    run(as_json=json)


@directory.command("preview")
def directory_preview(file: DirectoryFile, json: Json = False) -> None:
    """Show what a file would change. Changes nothing; exits 1 when it could not be applied."""
    from services.console.commands.directory import preview as run

    run(file, as_json=json)


@directory.command("import")
def directory_import(
    file: DirectoryFile,
    note: Annotated[str, typer.Option(help="Why, kept with the version.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Show what a file would change, ask, and apply it. Every service takes it up without a restart."""
    from services.console.commands.directory import apply as run

    run(file, note=note, yes=yes, as_json=json)
