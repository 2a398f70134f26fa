"""The loop that watches the sources, and the route that shows them."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import APIRouter

from services.chassis.access import Actor, Role, allow
from services.chassis.database import AWAY, Database
from services.chassis.log import get_logger
from services.discharge.domain.feeds import Policy, Stated, Usual
from services.discharge.inbound import feed_measures
from services.discharge.inbound.profiles.profile import Profiles
from services.discharge.usecases.feed_ports import Feeds, Source
from services.discharge.usecases.read_feeds import read_feeds
from services.discharge.usecases.watch_feeds import Turn, watch_feeds

_EVERY_SECONDS: Final = 60.0
_LEARN_SECONDS: Final = 3600.0
_TROUBLE: Final = frozenset({"feed.silent", "feed.refused_often", "feed.catching_up"})

Watcher = Annotated[Actor, allow(Role.OPERATOR, Role.INTEGRATION)]
_log = get_logger()


class FeedWatch:
    """Looks at the sources every minute. Several processes may: one of them counts, all of them show."""

    def __init__(
        self,
        database: Database,
        feeds: Feeds,
        policy: Policy,
        holidays: frozenset[date],
        profiles: Profiles,
    ) -> None:
        self._database = database
        self._feeds = feeds
        self._policy = policy
        self._holidays = holidays
        self._profiles = profiles
        self._usual: dict[Source, Usual] = {}
        self._learnt_at: float | None = None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            behind = False
            try:
                behind = await self.look()
            except AWAY as error:
                _log.warning("feeds.wait", error=type(error).__name__)
            await asyncio.sleep(0 if behind else _EVERY_SECONDS)

    async def look(self) -> bool:
        """Look once; whether there is more to count first."""
        if self._learnt_at is None or monotonic() - self._learnt_at > _LEARN_SECONDS:
            await self.learn()
        async with self._database.unit_of_work() as unit:
            look = await watch_feeds(
                unit, self._feeds, self._usual, self._stated, self._holidays, self._policy
            )
        for turn in look.turns:
            _tell(turn)
        async with self._database.reading() as connection:
            feed_measures.show(await self._feeds.read(connection))
        return look.behind

    async def learn(self) -> None:
        """Learn anew what each source usually sends."""
        policy = self._policy
        async with self._database.unit_of_work() as unit:
            usual = await self._feeds.usual(
                unit.connection, policy.weeks, policy.weeks_needed, self._holidays
            )
        self._usual = dict(usual)
        self._learnt_at = monotonic()

    def _stated(self, organisation: str, application: str) -> Stated | None:
        expected = self._profiles.of(organisation, application).expected
        if expected is None:
            return None
        quiet_after = timedelta(minutes=expected.quiet_after_minutes)
        return Stated(expected.messages_per_hour, quiet_after)


def feed_routes(database: Database, feeds: Feeds, policy: Policy) -> APIRouter:
    """The route that shows the sources."""
    router = APIRouter()

    @router.get("/intake/feeds", tags=["messages"])
    async def show(_: Watcher) -> list[dict[str, Any]]:
        """Every source: when it spoke last, what was expected since, and how it does; those in trouble first."""
        async with database.reading() as connection:
            return await read_feeds(connection, feeds, policy, datetime.now(UTC))

    return router


def _tell(turn: Turn) -> None:
    say = _log.warning if turn.change in _TROUBLE else _log.info
    say(
        turn.change,
        source=feed_measures.label_of(*turn.feed.source),
        last_message_at=turn.feed.last_message_at,
        expected=turn.verdict.expected_since_last,
        recent=round(turn.feed.recent_messages, 1),
        refused=round(turn.feed.recent_refused, 1),
        late=round(turn.feed.recent_late, 1),
    )
