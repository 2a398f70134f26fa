"""What can be asked for, resource by resource: the doors, the capability statement and its test are made of this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST, USUAL = 100, 25
"""Resources on a page."""
CONTROLS = ("_count", "_sort", "_cursor", "_format")
"""Parameters that choose nothing and every search takes."""
SORTS = ("-_lastUpdated", "_lastUpdated")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter, as the capability statement names it."""

    name: str
    type: str
    documentation: str
    modifier: str = ""
    """The one that it may be written with."""
    only_with_modifier: bool = False
    in_address: bool = True
    """Whether it may stand in a URL."""


_ID = Parameter("_id", "token", "Ids, separated by commas")
_CHANGED = Parameter(
    "_lastUpdated",
    "date",
    "Prefixes eq, ge, gt, sa, le, lt, eb; twice for a lower and an upper bound",
)
_PATIENT = Parameter(
    "patient",
    "reference",
    "As patient:identifier with the NHS number, in the body of POST _search; or header X-Patient-Identifier",
    modifier="identifier",
    only_with_modifier=True,
    in_address=False,
)
_STATUS = Parameter("status", "token", "Statuses, separated by commas")

SEARCHES: Mapping[str, Sequence[Parameter]] = {
    "Task": (
        _ID,
        _CHANGED,
        Parameter("owner", "reference", "Directory ids of teams", modifier="identifier"),
        _STATUS,
        Parameter("code", "token", "What has to be done"),
        Parameter("group-identifier", "token", "The handover that it is part of"),
        _PATIENT,
    ),
    "ServiceRequest": (
        _ID,
        _CHANGED,
        Parameter("performer", "reference", "Directory ids of teams", modifier="identifier"),
        _STATUS,
        Parameter("requisition", "token", "What requests that follow each other have in common"),
        _PATIENT,
    ),
    "Appointment": (
        _ID,
        _CHANGED,
        Parameter("date", "date", "When it begins; as _lastUpdated"),
        _STATUS,
        _PATIENT,
    ),
    "Provenance": (
        Parameter("target", "reference", "What it was done to: always needed, as in Task/[id]"),
        Parameter("recorded", "date", "As _lastUpdated, which is the same here"),
        _CHANGED,
    ),
}
"""By resource type."""
DATES = frozenset({"_lastUpdated", "recorded", "date"})
"""Those that may stand twice, for two bounds."""
NEEDED = {"Provenance": "target"}
"""What a search cannot do without: a history is read from what it is the history of."""
