"""`baton status`: where the site is, and how it is."""

from services.console.errors import ConsoleError
from services.console.operations import Operator
from services.console.screen import as_json as print_json
from services.console.screen import line, table
from services.console.site import state as site_state


def status(*, as_json: bool) -> None:
    """Print where everything is. Raises `ConsoleError` when nothing runs here."""
    site = site_state.running(site_state.home())
    if as_json:
        print_json(
            {
                "services": site.services,
                "kafka": site.kafka,
                "postgres": site.postgres,
                "mail": site.mail,
                "token": site.token,
                "console": site.console,
                "letters": site.letters,
                "logs": site.logs,
            }
        )
        return
    for what, where in (
        ("Kafka", f"{site.kafka}  {site.described.get('kafka', '')}"),
        ("PostgreSQL", f"{site.postgres.rpartition('@')[2]}  {site.described.get('postgres', '')}"),
        ("Mailbox", site.mail),
        ("Operators", site.console),
        ("Logs", site.logs),
    ):
        if where.strip():
            line(f"{what:<11} {where}")
    places = {name: place["http"] for name, place in site.services.items()}
    operator = Operator(site, timeout=3)
    rows = [[name, places[name], *_well(operator, name)] for name in places]
    table(("service", "at", "state", "unpublished", "lag", "parked"), rows, none="")


def _well(operator: Operator, service: str) -> list[object]:
    try:
        said = operator.overview(service)
    except ConsoleError as error:
        return [str(error), "", "", ""]
    why = ", ".join(f"{name}: {reason}" for name, reason in said["reasons"].items())
    return [
        "ready" if said["ready"] else f"not ready ({why})",
        said["outbox_unpublished"],
        said["consumer_lag"],
        len(said["parked"]),
    ]
