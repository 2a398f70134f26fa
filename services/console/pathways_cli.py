"""The commands of `baton pathways`."""

from pathlib import Path
from typing import Annotated

import typer

pathways = typer.Typer(
    help="The rules of care: whether their files are sound, and what they make of a message.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PathwaysFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        envvar="BATON_PATHWAYS_FOLDER",
        help="Rules of the place, which add to the national ones, replace them or switch them off.",
    ),
]
At = Annotated[str, typer.Option(help="When the handover opens, local time: 2026-12-24T16:40.")]
Sources = Annotated[
    Path | None,
    typer.Option(envvar="BATON_SOURCES_FOLDER", help="Source profiles of the site."),
]


@pathways.command("check")
def pathways_check(folder: PathwaysFolder = None, json: Json = False) -> None:
    """Say everything that is wrong with the rule files. Exits 1 when something is."""
    from services.console.commands.pathways import check as run

    run(folder=folder, as_json=json)


@pathways.command("explain")
def pathways_explain(
    message: Annotated[
        Path, typer.Argument(help="An HL7 v2 or FHIR message of a discharge.", exists=True)
    ],
    at: At = "",
    folder: PathwaysFolder = None,
    sources: Sources = None,
    json: Json = False,
) -> None:
    """Say which rules a message sets off, for whom and by when, and why the others stay silent."""
    from services.console.commands.pathways import explain as run

    run(message, at=at, folder=folder, sources=sources, as_json=json)


@pathways.command("diff")
def pathways_diff(folder: PathwaysFolder = None, json: Json = False) -> None:
    """Say what the place changed of the national rules, rule by rule and field by field, and who approved it."""
    from services.console.commands.pathways_approval import diff as run

    run(folder=folder, as_json=json)


@pathways.command("compare")
def pathways_compare(
    messages: Annotated[
        list[Path] | None,
        typer.Argument(
            help="HL7 v2 or FHIR messages of discharges; otherwise the samples.", exists=True
        ),
    ] = None,
    at: At = "",
    folder: PathwaysFolder = None,
    sources: Sources = None,
    json: Json = False,
) -> None:
    """Say what the rules of the place would do otherwise, for these patients and for some made up for each change."""
    from services.console.commands.pathways_compare import compare as run

    run(messages or [], at=at, folder=folder, sources=sources, as_json=json)


@pathways.command("approve")
def pathways_approve(
    name: Annotated[str, typer.Option(help="Who approves: first name and last name.")],
    role: Annotated[str, typer.Option(help="As what, for example clinical safety officer.")],
    folder: PathwaysFolder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it was read before.")] = False,
    json: Json = False,
) -> None:
    """Show what the place changed, and write down that somebody approves it. A live site needs two people."""
    from services.console.commands.pathways_approval import approve as run

    run(name, role, folder=folder, yes=yes, as_json=json)
