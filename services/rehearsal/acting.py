"""People's acts in a story: found by rule, code or team, and done at the doors that everybody uses."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.rehearsal.errors import StoryError
from services.rehearsal.found import Finder, Row
from services.rehearsal.local_time import read_moment
from services.rehearsal.story import Step

_WORDS: Final[Mapping[str, str]] = {
    "name coordinator": "coordinator",
    "report": "happenings",
    "expect result": "results",
    "hand on": "hand-on",
    "put back": "put-back",
}
"""Acts whose door has another word over it."""

_OF_OFFERS: Final = frozenset({"accept", "decline", "redirect"})
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?( GMT| BST)?")


async def door_of(step: Step, key: str, finder: Finder) -> tuple[str, str]:
    """The service and the path of an act. Raises `StoryError` when what it is about is not there, or not alone."""
    act = _WORDS.get(step.act or "", step.act or "")
    about = dict(step.on) or ({"offer": step.who} if act in _OF_OFFERS else {})
    match about:
        case {"offer": str(team)}:
            offers = [row for row in await finder.offers(key) if row["to"] == team]
            one = _only(f"offer to {team}", offers, lambda row: row["state"] == "offered")
            return "referral", f"/offers/{one['offer_id']}/{act}"
        case {"task": str(name), **more}:
            tasks = [row for row in await finder.tasks(key) if name in (row["rule"], row["code"])]
            fitting = [row for row in tasks if more.items() <= row.items()]
            one = _only(f"task {name}", fitting, lambda row: row["open"])
            return "referral", f"/tasks/{one['task_id']}/{act}"
        case {"alert": str(kind), **more}:
            to = more.get("to", step.who)
            alerts = [
                row
                for row in await finder.alerts(key)
                if row["kind"] == kind and row["to"] == to and not row["acknowledged"]
            ]
            one = _only(f"{kind} alert to {to}", alerts, lambda _: True)
            return "notify", f"/alerts/{one['alert_id']}/{act}"
        case {"referral": _}:
            handovers = [row for row in await finder.handovers(key) if row["purpose"] == "referral"]
            one = _only("referral", handovers, lambda row: row["state"] == "open")
            return "referral", f"/referrals/{one['spell_id']}/{act}"
        case {} if act == "refer":
            return "referral", "/referrals"
        case {"handover": str(purpose)}:
            handovers = [row for row in await finder.handovers(key) if row["purpose"] == purpose]
            one = _only(f"{purpose} handover", handovers, lambda row: row["state"] == "open")
            return "referral", f"/handovers/{one['handover_id']}/{act}"
    raise StoryError(f"{step.act!r}: say on what: an offer, a task, an alert or a handover")


def body_of(given: Row) -> dict[str, Any]:
    """What is sent with it; local times become instants. Raises `StoryError`."""
    return {name: _value(value) for name, value in given.items()}


def _value(value: Any) -> Any:
    match value:
        case str() if _MOMENT.fullmatch(value):
            return read_moment(value).isoformat()
        case Mapping():
            return body_of(value)
        case list():
            return [_value(one) for one in value]
        case _:
            return value


def _only(what: str, rows: Sequence[Row], preferred: Any) -> Row:
    """The one that is meant: of several, the one that is still open. Raises `StoryError`."""
    open_ones = [row for row in rows if preferred(row)] or list(rows)
    if len(open_ones) != 1:
        many = "no" if not open_ones else f"{len(open_ones)} times the"
        raise StoryError(f"there is {many} {what}")
    return open_ones[0]
