"""`baton parked`: what could not be handled, letting it try again, and giving it up."""

from services.console.errors import ConsoleError
from services.console.operations import Operator
from services.console.screen import as_json as print_json
from services.console.screen import line, table
from services.console.site.state import home, running


def list_parked(*, as_json: bool) -> None:
    """The keys that wait, at every service."""
    operator = Operator(running(home()))
    found = [
        {"service": service, **key}
        for service in operator.services
        for key in operator.parked(service)
    ]
    if as_json:
        print_json(found)
        return
    columns = ("service", "parked_id", "topic", "reason", "records", "since", "error", "discarding")
    table(columns, [[key[name] for name in columns] for key in found], none="Nothing is parked.")


def list_discarded(*, as_json: bool) -> None:
    """What was given up, at every service."""
    operator = Operator(running(home()))
    found = [
        {"service": service, **record}
        for service in operator.services
        for record in operator.discarded(service)
    ]
    if as_json:
        print_json(found)
        return
    columns = ("service", "parked_id", "stream", "resolved_at", "resolved_by", "resolved_because")
    rows = [[record[name] for name in columns] for record in found]
    table(columns, rows, none="Nothing has been given up.")


def show_parked(service: str, parked_id: str, *, as_json: bool) -> None:
    """The records that wait behind one key, oldest first."""
    said = Operator(running(home())).parked_records(service, parked_id)
    if as_json:
        print_json(said)
        return
    rows = [record for record in said["records"] if isinstance(record, dict)]
    columns = list(rows[0]) if rows else []
    table(columns, [list(row.values()) for row in rows], none="Nothing waits behind it.")


def release_parked(service: str, parked_id: str, *, as_json: bool) -> None:
    """Try again; says how many went through and how many still wait."""
    said = Operator(running(home())).release(service, parked_id)
    if as_json:
        print_json(said)
        return
    line(f"Handled: {said['handled']}. Still waiting: {said['left']}.")


def discard_parked(service: str, parked_id: str, *, reason: str, by: str, as_json: bool) -> None:
    """Give up one record; says how many behind it went through and how many still wait."""
    if not reason.strip() or not by.strip():
        raise ConsoleError("say who gives the record up, and why: --by NAME --reason TEXT")
    said = Operator(running(home())).discard(service, parked_id, by=by, reason=reason)
    if as_json:
        print_json(said)
        return
    line(f"Given up. Handled behind it: {said['handled']}. Still waiting: {said['left']}.")
