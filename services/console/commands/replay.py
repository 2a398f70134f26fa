"""`baton replay`: what a service said is published again, with its ids and places."""

from datetime import datetime

from services.console.errors import ConsoleError
from services.console.operations import Operator
from services.console.screen import as_json as print_json
from services.console.screen import line
from services.console.site.state import home, running


def replay(service: str, *, since: str, stream: str | None, yes: bool, as_json: bool) -> None:
    """Say how many events it is; publish them again once that was agreed to."""
    operator = Operator(running(home()), timeout=30)
    wanted = {"since": _time(since), "stream": stream}
    counted = operator.count_again(service, **wanted)
    events = counted["events"]
    said = _say_again(operator, service, wanted | {"until": counted["until"]}) if yes else 0
    if as_json:
        print_json({"events": events, "said_again": said})
    elif yes:
        line(f"On their way again: {said} events. Who has heard them takes no notice.")
    else:
        line(f"{events} events of {service} would be published again. Nothing was done; add --yes.")


def _say_again(operator: Operator, service: str, wanted: dict[str, str | None]) -> int:
    said, last = 0, None
    while True:
        step = operator.say_again(service, **wanted, after=last)
        if not step["events"]:
            return said
        said, last = said + step["events"], step["last"]


def _time(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ConsoleError("--since takes a time with its zone, such as 2026-11-20T09:30:00Z")
    return found.isoformat()
