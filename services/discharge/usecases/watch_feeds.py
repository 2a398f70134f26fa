"""Watch the sources: count what came, judge each one, and say which of them changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.feeds import (
    Feed,
    Listening,
    Policy,
    Stated,
    Usual,
    Verdict,
    judge,
)
from services.discharge.usecases.feed_ports import Feeds, Ruling, Source

StatedBy = Callable[[str, str], Stated | None]
"""What the profile of an organisation's application says of its rate."""
Change = Literal[
    "feed.silent",
    "feed.speaks_again",
    "feed.refused_often",
    "feed.refused_rarely",
    "feed.catching_up",
    "feed.caught_up",
]


@dataclass(frozen=True, slots=True)
class Turn:
    """A source that does otherwise than before."""

    feed: Feed
    change: Change
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the sources found."""

    turns: tuple[Turn, ...] = ()
    behind: bool = False
    """There is more to count; look again at once."""


async def watch_feeds(
    unit: UnitOfWork,
    feeds: Feeds,
    usual: Mapping[Source, Usual],
    stated: StatedBy,
    holidays: frozenset[date],
    policy: Policy,
) -> Look:
    """Count and judge. Finds nothing when another process does it just now."""
    count = await feeds.count(unit.connection, policy.late_after, policy.most_feeds)
    if count is None or count.behind:
        return Look(behind=count is not None)
    rulings = []
    for feed in await feeds.load(unit.connection):
        verdict = judge(
            feed,
            usual.get(feed.source),
            stated(*feed.source),
            Listening(count.heard_since, count.until),
            holidays,
            policy,
        )
        rulings.append(Ruling(feed, verdict))
    await feeds.keep(unit.connection, rulings, count.until)
    return Look(tuple(turn for ruling in rulings for turn in _turns(ruling)))


def _turns(ruling: Ruling) -> list[Turn]:
    feed, verdict = ruling.feed, ruling.verdict
    compared: tuple[tuple[bool, bool, Change, Change], ...] = (
        (feed.silent_since is not None, verdict.silent, "feed.silent", "feed.speaks_again"),
        (
            feed.refusing_since is not None,
            verdict.refusing,
            "feed.refused_often",
            "feed.refused_rarely",
        ),
        (
            feed.catching_up_since is not None,
            verdict.catching_up,
            "feed.catching_up",
            "feed.caught_up",
        ),
    )
    return [
        Turn(feed, begun if now else over, verdict)
        for before, now, begun, over in compared
        if before != now
    ]
