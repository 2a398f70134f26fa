"""How long care takes, and what was refused, passed on or taken up again: figures of one team (A49, A84, A85)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from services.chassis.connection import Connection

Lag = Literal["acceptance", "contact", "completion"]
"""From the discharge, or the start of a referral's wait, to: the offer accepted, the first contact, the handover done."""
LAGS: tuple[Lag, ...] = ("acceptance", "contact", "completion")


@dataclass(frozen=True, slots=True)
class LagView:
    """How long something took, for what came from one sending team; in hours."""

    lag: Lag
    sender_team: str
    """Empty: from everybody."""
    count: int
    median: float
    ninetieth: float


@dataclass(frozen=True, slots=True)
class WeekView:
    """The median of one week, in hours; weeks begin on Monday in local time."""

    lag: Lag
    week: date
    count: int
    median: float


@dataclass(frozen=True, slots=True)
class TeamMeasures:
    """Everything that is measured of a team in a period."""

    lags: Sequence[LagView]
    weeks: Sequence[WeekView]
    asked: Mapping[str, int]
    """How many offers ended how: accepted, declined, redirected, withdrawn, or still offered."""
    refused: Mapping[str, int]
    """Declined offers by coded reason."""
    reopened: int
    """Tasks of the team that were taken up again after they were closed."""
    breached: int
    """Tasks of the team that were not done by their deadline."""
    done: int


class Measures(Protocol):
    """Where the figures come from; three statements, whatever the period."""

    async def of_team(
        self,
        connection: Connection,
        team: str,
        since: datetime,
        until: datetime,
        contacts: Sequence[str],
    ) -> TeamMeasures:
        """The figures of a team for what ended from `since` (included) to `until` (UTC).

        `contacts` are the codes of tasks in which somebody speaks with the patient.
        """
        ...
