"""What the national service says has changed, what the national record answers, and when to ask again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Ending = Literal["taken-in", "no-such-patient", "noted", "failed"]
"""`no-such-patient`: nobody here has heard of the person, so the record is not asked for. `noted`: nothing is done."""

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 3600.0
MOST_TRIES = 12
"""Then a person has to look: the record answers, but with nothing that can be used."""
LAGGING_TRIES = 4
"""How often a record without a death is asked again after a death was told: it may be a copy that lags behind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of event that is understood."""

    type: str
    fetch: bool
    """False: it is noted, and nothing is done."""
    death: bool = False
    """A death, or that it was taken back: comes before everything else (R76)."""


@dataclass(frozen=True, slots=True)
class NationalEvent:
    """One event as it came, less the number of the person."""

    event_ref: UUID
    source: str
    event_id: str
    """With the source: what makes a repetition a repetition."""
    kind: Kind
    patient_key: str
    happened_at: datetime
    handed_in_by: str


@dataclass(frozen=True, slots=True)
class Due:
    """An event whose record has to be asked for now."""

    event_ref: UUID
    source: str
    event_id: str
    type: str
    death: bool
    happened_at: datetime
    handed_in_by: str
    nhs_number: str | None
    """None: the person is no patient here any more."""
    tries: int
    """This one included."""
    claimed_at: datetime
    """When it was taken up, by the database's clock: the record is read as of then."""
    taken_in: bool
    """Its message is stored already: a process ended between that and the mark."""


@dataclass(frozen=True, slots=True)
class Found:
    """The national record answered with a person."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Missing:
    """The national record has nobody under this number."""

    body: bytes
    invalidated: bool
    """It had, and the record was found to be wrong; no other number took its place."""


@dataclass(frozen=True, slots=True)
class Strange:
    """An answer about this one person that makes no sense."""

    reason: str


Reply = Found | Missing | Strange


class RecordAway(Exception):
    """The national record does not answer anybody just now. `reason` is a constant word."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds
        """How long it asked to be left alone."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one try."""

    event_ref: UUID
    ending: Ending | None
    """None: try again after `pause` seconds."""
    reason: str = ""
    pause: float = 0.0
    counts: bool = True
    """False: the event had no fair try, because the record was away."""


def pause_after(tries: int) -> float:
    """How long to wait after so many tries that failed: twice as long each time."""
    return float(min(FIRST_PAUSE_SECONDS * 2 ** min(tries - 1, 20), LONGEST_PAUSE_SECONDS))


class Circuit:
    """Keeps a record that is away from being asked in vain: one question at a time, at growing intervals."""

    def __init__(self, longest: float = 15.0) -> None:
        self._longest = longest
        self._failures = 0

    @property
    def closed(self) -> bool:
        """Whether all is well."""
        return self._failures == 0

    def fail(self, asked_for: float | None = None) -> float:
        """Note a failure; returns for how many seconds to ask nothing."""
        self._failures += 1
        own = min(2.0 ** min(self._failures - 1, 20), self._longest)
        return max(own, asked_for or 0.0)

    def mend(self) -> None:
        """Note an answer."""
        self._failures = 0
