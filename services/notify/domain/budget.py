"""How often a team may be disturbed: what bears on safety goes at once, the rest in one message a day (A47, H14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.notify.domain.alert import Audience, Kind, Telling


class Way(StrEnum):
    """When news goes to a team: by itself, or in its one message of the day."""

    AT_ONCE = "at-once"
    DIGEST = "digest"


NEVER_LATER = frozenset(
    {Kind.ESCALATED, Kind.UNANSWERED, Kind.WITHDRAWN, Kind.OPENED, Kind.OFFERED, Kind.DECLINED}
)
"""What no team may put off: somebody waits for its answer, or has to stop."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Which news of a team waits for the digest."""

    digest_at: time
    zone: ZoneInfo
    at_once: frozenset[str]
    """Task priorities whose news never waits."""
    ways: Mapping[Kind, Way]
    """What is not listed goes at once."""
    teams: Mapping[str, Mapping[Kind, Way]]
    """What single teams prefer."""

    def way(self, telling: Telling) -> Way:
        """How this news reaches its team."""
        if telling.audience is not Audience.TEAM or telling.priority in self.at_once:
            return Way.AT_ONCE
        usual = self.ways.get(telling.kind, Way.AT_ONCE)
        return self.teams.get(telling.team, {}).get(telling.kind, usual)

    def next_digest(self, now: datetime) -> datetime:
        """When the next digest leaves; on the clock of the place, also on the days when it changes."""
        wall = now.astimezone(self.zone)
        today = datetime.combine(wall.date(), self.digest_at, self.zone).astimezone(now.tzinfo)
        if today > now:
            return today
        tomorrow = wall.date() + timedelta(days=1)
        return datetime.combine(tomorrow, self.digest_at, self.zone).astimezone(now.tzinfo)
