"""Takes in records in shares, and lets their batch count as read once all are stored and answered."""

import asyncio
from collections.abc import Iterator, Sequence

from services.chassis.arrival import Arrival as Record
from services.chassis.log import get_logger
from services.discharge.inbound import measures
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.kafka.answers import Answers
from services.discharge.inbound.kafka.replies import Reply, refuse, take
from services.discharge.inbound.limits import MOST_BYTES

_MOST_RECORDS = 200
_MOST_AT_ONCE = 8 * 1024 * 1024
_log = get_logger()


class KafkaDoor:
    """Fed by the chassis' listener, which hands in the same batch again until it goes through.

    A record that comes again, because the process ended before Kafka knew that it was read, is a resend: it
    does nothing and is answered as before.
    """

    def __init__(self, intake: Intake, answers: Answers) -> None:
        self._intake = intake
        self._answers = answers

    async def handle(self, arrivals: Sequence[Record]) -> None:
        """Take a batch in; when this returns, each record is stored and answered, or refused and answered.

        Raises what the database or Kafka raises while it is away, and `NotStored` when a message cannot even be
        set aside: nothing after it is read then, because skipping it would lose it.
        """
        for share in _shares(arrivals):
            replies = await self._take(share)
            await self._answers.send(list(zip(share, replies, strict=True)))

    async def _take(self, share: Sequence[Record]) -> list[Reply]:
        waiting = []
        for record in share:
            waiting.append(asyncio.ensure_future(self._take_one(record)))
            # Each is read in a turn of its own, so that the other doors never wait for a whole share.
            await asyncio.sleep(0)
        done = await asyncio.gather(*waiting, return_exceptions=True)
        for each in done:
            if isinstance(each, BaseException):
                raise each
        return [each for each in done if isinstance(each, Reply)]

    async def _take_one(self, record: Record) -> Reply:
        refusal = refuse(record)
        if refusal is None:
            return await take(record, self._intake)
        reason = "too-large" if len(record.body or b"") > MOST_BYTES else "empty"
        measures.REFUSED_RECORDS[reason].inc()
        _log.warning("intake.record_refused", reason=reason, offset=record.offset)
        return refusal


def _shares(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The records in order, no more at a time than the intake holds in hand."""
    share: list[Record] = []
    size = 0
    for record in records:
        length = len(record.body or b"")
        if share and (len(share) == _MOST_RECORDS or size + length > _MOST_AT_ONCE):
            yield share
            share, size = [], 0
        share.append(record)
        size += length
    if share:
        yield share
