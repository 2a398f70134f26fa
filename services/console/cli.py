"""Every command of `baton`; each imports what it needs only when it runs, so that `--help` is quick."""

from pathlib import Path
from typing import Annotated

import typer

from services.console.directory_cli import directory
from services.console.parked_cli import parked
from services.console.pathways_cli import pathways

app = typer.Typer(
    help="Run a Baton on this machine, talk to it, and look after it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(parked, name="parked")
sources = typer.Typer(
    help="How the messages of each hospital are read (source profiles).", no_args_is_help=True
)
app.add_typer(sources, name="sources")
app.add_typer(pathways, name="pathways")

app.add_typer(directory, name="directory")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Kafka = Annotated[
    str,
    typer.Option(
        help="auto: Apache Kafka where its jars and Java are there, else the dev broker; apache; dev; or HOST:PORT."
    ),
]


AnyPorts = Annotated[
    bool,
    typer.Option("--any-ports", help="Take ports that are free and leave the usual ones alone."),
]


@app.command()
def up(
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when everything is ready.")
    ] = False,
    kafka: Kafka = "auto",
    any_ports: AnyPorts = False,
) -> None:
    """Start everything on this machine: PostgreSQL, Kafka, a mailbox, the services and the operator page."""
    from services.console.commands.up import up as run

    run(detach=detach, kafka=kafka, any_ports=any_ports)


@app.command()
def down() -> None:
    """End what `baton up` started."""
    from services.console.commands.down import down as run

    run()


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the story; exit 0 if it came true.")
    ] = False,
    kafka: Kafka = "dev",
    any_ports: AnyPorts = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
) -> None:
    """Start everything, send two discharges and tell what happens to them."""
    from services.console.commands.demo import demo as run

    run(once=once, kafka=kafka, any_ports=any_ports, browse=not (no_open or once))


@app.command()
def send(
    files: Annotated[
        list[Path],
        typer.Argument(help="HL7 v2 (ER7) or FHIR JSON files.", exists=True, dir_okay=False),
    ],
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh", help="As if it had just happened: new control ids, all times shifted."
        ),
    ] = False,
    new_stay: Annotated[
        bool,
        typer.Option(
            "--new-stay",
            help="Like --fresh, with a new visit number too: another stay in hospital.",
        ),
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(help="mllp, hl7v2 or fhir. Otherwise HL7 goes to mllp and JSON to fhir."),
    ] = None,
    json: Json = False,
) -> None:
    """Send messages to the discharge service and print the answers. Exits 1 when one is not accepted."""
    from services.console.commands.send import send as run

    run(files, fresh=fresh, new_stay=new_stay, to=to, as_json=json)


@app.command()
def status(json: Json = False) -> None:
    """Say where the site is and how its services are."""
    from services.console.commands.status import status as run

    run(as_json=json)


@sources.command("check")
def sources_check(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files or folders of HL7 v2 messages, framed or not.", exists=True),
    ],
    profile: Annotated[
        str | None,
        typer.Option(help="Read all of them by this profile: its id, or a YAML file."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            envvar="BATON_SOURCES_FOLDER",
            help="Profiles of the site, beside those that come with Baton.",
        ),
    ] = None,
    show_values: Annotated[
        bool,
        typer.Option("--show-values", help="Show what fields hold; otherwise only its shape."),
    ] = False,
    json: Json = False,
) -> None:
    """Show how messages would be read: every field with its place, flags, and what is ignored.

    Nothing is stored or sent. Exits 1 when a message would be refused.
    """
    from services.console.commands.sources import check as run

    run(files, profile=profile, folder=folder, show_values=show_values, as_json=json)


@app.command()
def rehearse(
    stories: Annotated[
        list[Path], typer.Argument(help="Story files (YAML).", exists=True, dir_okay=False)
    ],
    html: Annotated[
        Path | None, typer.Option(help="Also write the timeline into this file, as a page.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            help="A folder with pathways of the site, laid over those that come with Baton.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Hand events round in another order: what comes of it must be the same."),
    ] = None,
    json: Json = False,
) -> None:
    """Play stories on a virtual clock, with the rules, timers and tables of a live site, and print what happens.

    Exits 1 when a story does not come true. docs/rehearsal.md says how stories are written.
    """
    from services.console.commands.rehearse import rehearse as run

    run(stories, as_json=json, html=html, rules=rules, seed=seed)


@app.command()
def replay(
    service: Annotated[str, typer.Argument(help="discharge, referral or notify: who said it.")],
    since: Annotated[
        str, typer.Option("--since", help="A time with its zone: 2026-11-20T09:30:00Z.")
    ],
    stream: Annotated[
        str | None, typer.Option("--stream", help="One stream alone, as `baton trace` shows it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it, and not only count.")] = False,
    json: Json = False,
) -> None:
    """Publish again what a service said, for listeners that lost it; who has heard it takes no notice."""
    from services.console.commands.replay import replay as run

    run(service, since=since, stream=stream, yes=yes, as_json=json)


@app.command()
def trace(
    correlation_id: Annotated[
        str, typer.Argument(help="The id of one journey, as pages and logs show it.")
    ],
    json: Json = False,
) -> None:
    """Tell one journey: what each service said, heard and set its alarm clock for, in time order."""
    from services.console.commands.trace import trace as run

    run(correlation_id, as_json=json)


@app.command()
def secrets() -> None:
    """Print a fresh .env for docker-compose.yml, with secrets nobody has seen."""
    from services.console.commands.secrets import secrets as run

    run()
