"""`baton trace`: one journey through all services, in time order."""

from uuid import UUID

from services.console.errors import ConsoleError
from services.console.operations import Operator
from services.console.screen import as_json as print_json
from services.console.screen import table
from services.console.site.state import home, running


def trace(correlation_id: str, *, as_json: bool) -> None:
    """What every service said under one correlation id."""
    try:
        journey = str(UUID(correlation_id))
    except ValueError:
        raise ConsoleError("a correlation id has the form of a uuid") from None
    operator = Operator(running(home()))
    rows = [row for service in operator.services for row in operator.trace(service, journey)]
    rows.sort(key=lambda row: (row["recorded_at"], row["stream"], row["sequence"]))
    if as_json:
        print_json(rows)
        return
    columns = ("recorded_at", "service", "type", "stream", "sequence", "unpublished")
    shown = [[_cell(row[name]) for name in columns] for row in rows]
    table(columns, shown, none="No service knows this journey.")


def _cell(value: object) -> object:
    return {True: "yes", False: ""}.get(value, value) if isinstance(value, bool) else value
