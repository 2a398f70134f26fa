"""Whether a source that says nothing has nothing to say: what it usually sends at this hour, against what came (H12).

The reasoning is one sentence long: so many messages should have come since the last one, and none did. Of a source
that sends at random, five expected and none come less than once in a hundred times.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_SUNDAY = 6
_HOUR = timedelta(hours=1)

Slot = tuple[int, int]
"""Day of the week, Monday 0, and hour, both local: what a source sends repeats by these."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When operators are told; a data file holds the numbers."""

    weeks: int
    """How far back the usual is looked for."""
    weeks_needed: int
    """A source that is newer is judged by its profile alone."""
    caution: float
    """The share of the usual that is counted on."""
    silent_at: float
    """So many expected, and none came."""
    least_quiet: timedelta
    """Engines send in heaps: no quiet shorter than this is a silence."""
    gone_after: timedelta
    """A source that was silent for so long is taken to be switched off."""
    refused_least: float
    refused_share: float
    refused_factor: float
    """Refusals are too many from so many, from such a share, and from so many times the usual share."""
    late_after: timedelta
    late_least: float
    late_share: float
    """A source is catching up from so many late messages, and from such a share of late ones."""
    most_feeds: int


@dataclass(frozen=True, slots=True)
class Stated:
    """What the profile of a source says of its rate."""

    messages_per_hour: float
    quiet_after: timedelta
    """How long it may say nothing, at any hour."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One source: who it is, and how it has done lately."""

    organisation: str
    application: str
    first_message_at: datetime
    last_message_at: datetime
    recent_messages: float
    """Of the last quarter of an hour or so; older ones count less and less."""
    recent_refused: float
    recent_late: float
    usual_refused: float
    """Share of its messages that were refused in the weeks before."""
    silent_since: datetime | None = None
    refusing_since: datetime | None = None
    catching_up_since: datetime | None = None

    @property
    def source(self) -> tuple[str, str]:
        """Organisation and application: what tells it from others."""
        return self.organisation, self.application


@dataclass(frozen=True, slots=True)
class Usual:
    """What a source usually sends."""

    per_hour: Mapping[Slot, float] = field(default_factory=dict)

    def between(self, start: datetime, end: datetime, holidays: frozenset[date]) -> float:
        """How many messages usually come in a stretch of time."""
        return sum(
            self.per_hour.get(slot_of(at, holidays), 0.0) * share
            for at, share in _hours(start, end)
        )


@dataclass(frozen=True, slots=True)
class Listening:
    """The stretch of time in which somebody was there to hear: silence in front of nobody proves nothing."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a source does."""

    expected_per_hour: float | None
    """At this hour; None: nobody knows yet."""
    expected_since_last: float | None
    silent: bool = False
    gone: bool = False
    refusing: bool = False
    catching_up: bool = False


def slot_of(at: datetime, holidays: frozenset[date]) -> Slot:
    """The slot of an instant; a bank holiday counts as a Sunday."""
    local = at.astimezone(LONDON)
    day = _SUNDAY if local.date() in holidays else local.weekday()
    return day, local.hour


def judge(
    feed: Feed,
    usual: Usual | None,
    stated: Stated | None,
    listening: Listening,
    holidays: frozenset[date],
    policy: Policy,
) -> Verdict:
    """How a source does. `usual` is None while the source is too new."""
    now = listening.until
    spoke = max(feed.last_message_at, listening.since)
    quiet = now - spoke
    per_hour = stated.messages_per_hour if stated else None
    since_last = None
    if usual is not None:
        start = max(spoke, now - policy.gone_after)
        per_hour = usual.per_hour.get(slot_of(now, holidays), 0.0)
        since_last = usual.between(start, now, holidays) * policy.caution
    missed = since_last is not None and since_last >= policy.silent_at
    overdue = stated is not None and quiet > stated.quiet_after
    gone = now - feed.last_message_at > policy.gone_after
    silent = not gone and ((missed and quiet >= policy.least_quiet) or overdue)
    return Verdict(per_hour, since_last, silent, gone, _refuses(feed, policy), _late(feed, policy))


def _refuses(feed: Feed, policy: Policy) -> bool:
    if feed.recent_messages <= 0 or feed.recent_refused < policy.refused_least:
        return False
    too_much = max(policy.refused_share, feed.usual_refused * policy.refused_factor)
    return feed.recent_refused / feed.recent_messages >= min(too_much, 1.0)


def _late(feed: Feed, policy: Policy) -> bool:
    if feed.recent_messages <= 0 or feed.recent_late < policy.late_least:
        return False
    return feed.recent_late / feed.recent_messages >= policy.late_share


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """The hours of a stretch, each with the share of it that belongs to the stretch.

    Clocks in England change by whole hours, so an hour of UTC is an hour of local time on every day.
    """
    at = start
    while at < end:
        following = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        yield at, (following - at) / _HOUR
        at = following
