"""A source profile as the reader uses it: compiled once, so that a message pays for nothing that it does not name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.discharge.inbound.profiles.fields import FieldName

DEFAULT = "default"
_PLACE = re.compile(r"([A-Z][A-Z0-9]{2})-([1-9]\d{0,2})(?:\.([1-9]\d?))?\Z", re.ASCII)


class Place(NamedTuple):
    """Where a field lives."""

    segment: str
    field: int
    component: int
    """0: the field as a whole, or the component that its type suggests."""
    name: str
    """Segment and field, as flags name them: `PV1-45`."""


def read_place(text: str) -> Place:
    """`PV1-45`, or `ZUK-2.1` with a component. Raises `ValueError`."""
    found = _PLACE.match(text)
    if not found:
        raise ValueError("a place is written like PV1-45, or ZUK-2.1 with a component")
    segment, number, component = found.groups()
    return Place(segment, int(number), int(component or 0), f"{segment}-{number}")


@dataclass(frozen=True, slots=True)
class ClassRule:
    """When a visit counts as another class than it was sent as. What is empty does not matter."""

    counts_as: str
    sent: str = ""
    ward: str = ""
    specialty: str = ""

    def fits(self, sent: str, ward: str, specialty: str) -> bool:
        """Whether the rule speaks of such a visit."""
        asked = ((self.sent, sent), (self.ward, ward.upper()), (self.specialty, specialty.upper()))
        return all(not wanted or wanted == found for wanted, found in asked)


@dataclass(frozen=True, slots=True)
class Expected:
    """How much a source usually sends, and how long it may say nothing."""

    messages_per_hour: float
    quiet_after_minutes: int


@dataclass(frozen=True, slots=True)
class Profile:
    """How one kind of sender writes."""

    id: str
    name: str
    places: Mapping[FieldName, tuple[Place, ...]]
    """Tried in this order; the first that says something counts."""
    senders: tuple[tuple[str, str], ...] = ()
    """(MSH-4, MSH-3) in capitals; an empty MSH-3 stands for every application."""
    provider: str = ""
    """ODS code of the hospital, where MSH-4 is something else."""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    codes: Mapping[FieldName, Mapping[str, str]] = field(default_factory=dict)
    """What the sender writes, in capitals, to what is meant."""
    authorities: Mapping[str, str] = field(default_factory=dict)
    """Assigning authorities as sent, in capitals, to what they are known as here; `NHS` issues NHS numbers."""
    class_rules: tuple[ClassRule, ...] = ()
    original_mode: bool = False
    """Answer in the original mode, whatever MSH-15 and MSH-16 hold."""
    expected: Expected | None = None
    segments: frozenset[str] = field(init=False)
    """Every segment from which something is read."""

    def __post_init__(self) -> None:
        names = frozenset(place.segment for places in self.places.values() for place in places)
        object.__setattr__(self, "segments", names)


class Profiles:
    """All profiles of a site."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._all = tuple(profiles)
        self._by_id = {profile.id: profile for profile in self._all}
        self._by_sender = {sender: each for each in self._all for sender in each.senders}
        self._default = self._by_id[DEFAULT]

    @property
    def all(self) -> tuple[Profile, ...]:
        """Every profile; the default comes first."""
        return self._all

    def of(self, organisation: str, application: str) -> Profile:
        """The profile for a sender (MSH-4, MSH-3): its own, its organisation's, else the default."""
        found = self._by_sender.get((organisation, application.upper()))
        return found or self._by_sender.get((organisation, ""), self._default)

    def named(self, profile_id: str) -> Profile | None:
        """The profile with that id."""
        return self._by_id.get(profile_id)

    def only(self, profile: Profile) -> "Profiles":
        """One profile for every sender: for trying it out."""
        return _OneForAll(profile)


class _OneForAll(Profiles):
    def __init__(self, profile: Profile) -> None:
        self._all = (profile,)
        self._by_id = {profile.id: profile}
        self._by_sender = {}
        self._default = profile
