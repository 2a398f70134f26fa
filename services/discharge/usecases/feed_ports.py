"""What watching the sources needs from the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from services.chassis.connection import Connection
from services.discharge.domain.feeds import Feed, Usual, Verdict

Source = tuple[str, str]
"""Organisation and application."""


@dataclass(frozen=True, slots=True)
class Count:
    """How far the count has come."""

    until: datetime
    heard_since: datetime
    """Since when somebody has been there to hear messages."""
    behind: bool
    """There is more to count before anybody can be judged."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A source with how it does, for keeping."""

    feed: Feed
    verdict: Verdict


class Feeds(Protocol):
    """How much each source sends."""

    async def count(
        self, connection: Connection, late_after: timedelta, most_feeds: int
    ) -> Count | None:
        """Count what came since the last time; None when somebody else does, or it was done just now."""

    async def usual(
        self, connection: Connection, weeks: int, weeks_needed: int, holidays: Collection[date]
    ) -> Mapping[Source, Usual]:
        """What each source that is old enough usually sends; and refreshes its usual share of refusals."""

    async def load(self, connection: Connection) -> list[Feed]:
        """Every source."""

    async def keep(
        self, connection: Connection, rulings: Sequence[Ruling], judged_at: datetime
    ) -> None:
        """Write how they do."""

    async def read(self, connection: Connection) -> list[Mapping[str, Any]]:
        """Every source for showing, the loudest trouble first."""
