"""Who there is: organisations and teams that open, close and follow one another, and what teams offer."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.referral.domain.calendars import Calendar

Kind = Literal[
    "trust",
    "mental-health-trust",
    "community-provider",
    "gp-practice",
    "pharmacy",
    "primary-care-network",
    "local-authority",
    "voluntary",
    "out-of-hours",
    "care-home",
    "place",
    "other",
]
CapacityState = Literal["open", "limited", "full", "closed"]


@dataclass(frozen=True, slots=True)
class Organisation:
    """A legal body, by its ODS code. Its teams work from its first day to its last, both included, local time."""

    id: str
    """ODS code."""
    name: str
    kind: Kind = "other"
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day. Where a legal and an operational end are known, the earlier of them."""
    successor: str | None = None
    """ODS code of the organisation that follows it."""
    vetted_until: date | None = None
    """Of a voluntary organisation: how long its vetting stands."""
    data_shared_until: date | None = None
    """Of a voluntary organisation: how long the agreement to share data stands."""

    def is_open(self, day: date) -> bool:
        """Whether it exists on a local date, first and last day included."""
        return within(day, self.valid_from, self.valid_until)

    def not_trusted(self, day: date) -> tuple[str, ...]:
        """What a voluntary organisation lacks before anything of a patient may go to it (A69); empty: nothing."""
        if self.kind != "voluntary":
            return ()
        lacks = []
        if self.vetted_until is None or self.vetted_until < day:
            lacks.append(f"{self.name} has not been vetted, or its vetting has run out")
        if self.data_shared_until is None or self.data_shared_until < day:
            lacks.append(f"{self.name} has no agreement to share data that stands")
        return tuple(lacks)


@dataclass(frozen=True, slots=True)
class Service:
    """What a team offers, and for whom; it belongs to the team and to no person in it (A14)."""

    id: str
    title: str
    specialties: frozenset[str] = frozenset()
    """Treatment function codes; empty: any."""
    age_from: int | None = None
    age_to: int | None = None
    """The last age that it takes, included."""
    places: frozenset[str] = frozenset()
    """Areas that it serves; empty: that of its team."""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a team says of its own load (A71)."""

    state: CapacityState = "open"
    until: date | None = None
    """The last day for which it holds; None: until it says otherwise."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """One team that can be accountable for something, of whatever kind of organisation (A75, A79)."""

    id: str
    name: str
    organisation: str
    """ODS code."""
    role: str
    place: str
    """The area it serves."""
    calendar: Calendar
    phone: str
    email: str
    valid_from: date | None = None
    valid_until: date | None = None
    """Its last day, local time; it is never asked for new work after it."""
    successor: str = ""
    """Id of the team that follows it; empty: the team with its role in the organisation that follows."""
    services: tuple[Service, ...] = ()
    """What it offers by referral; empty: whatever its role says."""


OPEN = Capacity()


def within(day: date, first: date | None, last: date | None) -> bool:
    """Whether a day lies between a first and a last one, both included; None: no limit."""
    return (first is None or first <= day) and (last is None or day <= last)
