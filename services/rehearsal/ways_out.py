"""Ways to people that reach nobody: what would have left is kept, and a story says what fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from services.notify.domain.alert import Channel
from services.notify.domain.attempt import Outcome, Refused, Taken, TryLater
from services.notify.domain.message import Message
from services.rehearsal.story import Trouble

_WAITING = """
SELECT alert_id, patient_key, coalesce(nullif(team, ''), audience) AS to, kind
FROM notify.alerts WHERE state = 'waiting'
"""


@dataclass(slots=True)
class Left:
    """One message that left, or would have."""

    at: datetime
    patient_key: str
    to: str
    """`patient`, or a team."""
    kind: str
    channel: str
    subject: str = field(repr=False)
    body: str = field(repr=False)
    outcome: str
    alert_id: UUID
    taken_back: bool = False


class WaysOut:
    """Every channel of one rehearsal."""

    def __init__(self, connection: asyncpg.Connection, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now
        self._waiting: Mapping[UUID, asyncpg.Record] = {}
        self._troubles: list[Trouble] = []
        self.left: list[Left] = []

    def fail(self, trouble: Trouble) -> None:
        """From now on nobody is reached in this way."""
        self._troubles.append(trouble)

    def mend(self, mended: Trouble) -> None:
        """From now on they are reached again."""
        same = (mended.to, mended.channel)
        self._troubles = [one for one in self._troubles if (one.to, one.channel) != same]

    def carrier(self, channel: Channel) -> "VirtualCarrier":
        """One of them."""
        return VirtualCarrier(self, channel)

    async def expect(self) -> None:
        """Look who is to be told next, because a message that leaves does not say whom it is about."""
        rows = await self._connection.fetch(_WAITING)
        self._waiting = {row["alert_id"]: row for row in rows}

    def take(self, message: Message) -> Outcome:
        """One attempt, at somebody who was expected."""
        row = self._waiting[message.alert_id]
        to = row["to"]
        outcome = self._outcome(to, message.channel)
        self.left.append(
            Left(
                self._now(),
                row["patient_key"],
                to,
                row["kind"],
                message.channel.value,
                message.subject,
                message.body,
                outcome.word,
                message.alert_id,
            )
        )
        return outcome

    def _outcome(self, to: str, channel: Channel) -> Outcome:
        for trouble in self._troubles:
            if trouble.to == to and trouble.channel in ("", channel.value):
                later = trouble.how == "try-later"
                return TryLater(trouble.reason) if later else Refused(trouble.reason)
        return Taken()

    def recall(self, alert_id: UUID) -> bool:
        """A letter is with the printer still; everything else has arrived."""
        for one in self.left:
            if one.alert_id == alert_id and one.channel == Channel.LETTER.value:
                one.taken_back = True
                return True
        return False

    def arrived(self) -> Sequence[Left]:
        """What reached somebody, or will."""
        return [one for one in self.left if one.outcome == Taken.word and not one.taken_back]


@dataclass(frozen=True, slots=True)
class VirtualCarrier:
    """What notify takes for a channel."""

    ways: WaysOut
    channel: Channel

    async def carry(self, message: Message) -> Outcome:
        """One attempt."""
        return self.ways.take(message)

    async def take_back(self, alert_id: UUID) -> bool:
        """Whether it will not arrive."""
        return self.ways.recall(alert_id)
