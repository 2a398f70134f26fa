"""What holds for one site: its environment, its limits and its teams, all read from data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from services.notify.domain.alert import Channel
from services.notify.domain.budget import Budget


@dataclass(frozen=True, slots=True)
class Team:
    """A team that can be told, and that a patient can ring."""

    team_id: str
    """The same id as in referral's directory."""
    name: str
    """As colleagues and patients know it."""
    email: str = field(repr=False)
    phone: str
    hours: str
    """When somebody answers the telephone, in words."""
    active: bool = True
    """False: closed; nothing is sent to it and nobody should ring it."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a reasonable-adjustment code asks of a written message."""

    channels: frozenset[Channel] | None = None
    """The channels that meet it; None: any. Empty: none that we have, so a person must act (rule P21)."""
    points: int = 0
    """Smallest print size; 0: it says nothing of print."""


@dataclass(frozen=True, slots=True)
class QuietRules:
    """When and how often patients may be disturbed by what is not urgent (rule P22)."""

    begin: time
    end: time
    zone: ZoneInfo
    most_per_day: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of `data/policy.yaml`."""

    quiet: QuietRules | None
    """None: switched off, which a live site may not do."""
    zone: ZoneInfo
    minimum_age: int
    """Under this age no message goes out by itself: a person decides who is told (rule P11)."""
    verified: frozenset[str]
    """NHS number status indicators that count as verified (rule C5)."""
    languages: frozenset[str]
    """Language codes that our templates are written in; the empty one means none was recorded."""
    needs: Mapping[str, Need]
    channels: tuple[Channel, ...]
    """Which channel to try first for a patient whose needs leave a choice."""
    usual_points: int
    """Print size of a letter where no need asks for more."""
    described_within: timedelta
    """How long to wait for the contact record of a patient."""
    settling: timedelta
    """How long a patient's message waits for the discharge to be corrected or cancelled (scenario S02)."""
    identity_held: timedelta
    """How long a patient's message waits for somebody to verify who this is; then a person takes over (rule P14)."""
    late_news: timedelta
    """What a patient's message tells of, and was heard later than this, is not sent by itself (hazard H16)."""
    longest_wait: timedelta
    """A patient's message that waited longer is not sent by itself, whatever it waited for."""
    back_off: tuple[timedelta, ...]
    """Waits between attempts; after the last one the alert has failed."""
    link_life: timedelta
    usual_hours: str
    """When a team answers whose hours are not known, in words."""
    same_reply_within: timedelta
    """A patient who says the same again so soon has said it once."""
    budget: Budget


@dataclass(frozen=True, slots=True)
class Site:
    live: bool
    """Whether real patients are in it."""
    policy: Policy
    teams: Mapping[str, Team]

    def to_ring(self, team_id: str) -> Team | None:
        """A team that somebody can ring now."""
        team = self.teams.get(team_id)
        return team if team and team.active and team.phone else None
