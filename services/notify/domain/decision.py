"""What can be decided on an alert at the moment of sending, and what of its handover the decision needs."""

from dataclasses import dataclass, field
from datetime import datetime

from services.notify.domain.alert import Channel
from services.notify.domain.plan import Standing


@dataclass(frozen=True, slots=True)
class PlanState:
    """What the decision needs to know of the handover."""

    standing: Standing
    test_patient: bool
    clock_started_at: datetime
    """When the patient was discharged, as far as is known now."""
    back_in_hospital: bool = False
    shows_nothing: bool = False
    """All of it is work between teams, for example a question about a stay that goes on."""
    told_today: int = 0
    """Messages that went to this patient in the last 24 hours."""
    overtaken: str = ""
    """Why what the alert tells of is not so any more, or was said since; empty when it still is."""


@dataclass(frozen=True, slots=True)
class Send:
    """Tell them, this way."""

    channel: Channel
    address: str = field(repr=False)
    """An e-mail address, or the lines of an envelope."""
    points: int
    """Print size."""


@dataclass(frozen=True, slots=True)
class Withhold:
    """Do not tell them, ever; `needs_person` says that somebody must take over."""

    reason: str
    needs_person: bool


@dataclass(frozen=True, slots=True)
class Postpone:
    """Not now: ask again at `until`, when everything may have changed."""

    until: datetime
    reason: str


Decision = Send | Withhold | Postpone
