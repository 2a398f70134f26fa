"""`baton parked …`: each command imports what it needs only when it runs."""

from typing import Annotated

import typer

parked = typer.Typer(
    help="Records that could not be handled and wait for a person.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Service = Annotated[str, typer.Argument(help="discharge, referral or notify.")]


@parked.command("list")
def parked_list(
    discarded: Annotated[
        bool, typer.Option("--discarded", help="What was given up instead, by whom and why.")
    ] = False,
    json: Json = False,
) -> None:
    """List the patient keys that wait, why, and what giving up the first record of each would mean."""
    from services.console.commands import parked as commands

    run = commands.list_discarded if discarded else commands.list_parked
    run(as_json=json)


@parked.command("show")
def parked_show(
    service: Service,
    parked_id: Annotated[str, typer.Argument(help="As `parked list` gives it.")],
    json: Json = False,
) -> None:
    """Show what waits behind one key."""
    from services.console.commands.parked import show_parked as run

    run(service, parked_id, as_json=json)


@parked.command("release")
def parked_release(
    service: Service,
    parked_id: Annotated[str, typer.Argument(help="As `parked list` gives it.")],
    json: Json = False,
) -> None:
    """Let the service try the records of one key again, in order."""
    from services.console.commands.parked import release_parked as run

    run(service, parked_id, as_json=json)


@parked.command("discard")
def parked_discard(
    service: Service,
    parked_id: Annotated[str, typer.Argument(help="As `parked list` or `parked show` gives it.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why it need not be handled. Name no patient.")
    ],
    by: Annotated[str, typer.Option("--by", help="Who decides this.")],
    json: Json = False,
) -> None:
    """Give up one record for good; what waits behind it follows in order. It stays in the table with who and why."""
    from services.console.commands.parked import discard_parked as run

    run(service, parked_id, reason=reason, by=by, as_json=json)
