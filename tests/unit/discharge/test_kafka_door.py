from datetime import UTC, datetime

import pytest
from aiokafka.errors import KafkaConnectionError

from services.chassis.arrival import Arrival as Record
from services.chassis.errors import Transient
from services.discharge.domain.message import ACCEPTED, Outcome
from services.discharge.inbound.dialects import dialect_of
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.intake import NotStored
from services.discharge.inbound.kafka.answers import Answers
from services.discharge.inbound.kafka.door import KafkaDoor
from services.discharge.inbound.kafka.replies import Reply
from tests.support.hospital import an_adt


class Listening:
    """An intake that takes everything, or fails on one control id."""

    def __init__(self, fails_on: bytes = b"never", error: Exception | None = None) -> None:
        self.bodies: list[bytes] = []
        self._fails_on, self._error = fails_on, error

    async def hl7(self, body, arrival):
        self.bodies.append(body)
        if self._error is not None and self._fails_on in body:
            raise self._error
        incoming, header = read_hl7(body, arrival, frozenset())
        return header, Outcome(incoming.message_id, datetime.now(UTC), ACCEPTED)


class Spoken:
    def __init__(self) -> None:
        self.shares: list[list[tuple[Record, Reply]]] = []

    async def send(self, answered):
        self.shares.append(list(answered))


def records(*bodies: bytes) -> list[Record]:
    return [Record("messages", 0, n, None, (), body) for n, body in enumerate(bodies)]


async def test_a_large_batch_goes_in_shares_in_its_order():
    intake, spoken = Listening(), Spoken()
    bodies = [an_adt(control_id=f"M{n}") for n in range(450)]

    await KafkaDoor(intake, spoken).handle(records(*bodies))

    assert intake.bodies == bodies
    assert [len(share) for share in spoken.shares] == [200, 200, 50]
    offsets = [record.offset for share in spoken.shares for record, _ in share]
    assert offsets == list(range(450))


async def test_large_messages_make_small_shares():
    spoken = Spoken()
    bodies = [an_adt("A03", "NTE|1||" + "x" * 1_000_000, control_id=f"M{n}") for n in range(20)]

    await KafkaDoor(Listening(), spoken).handle(records(*bodies))

    assert [len(share) for share in spoken.shares] == [8, 8, 4]


@pytest.mark.parametrize("error", [Transient("away"), OSError("away"), NotStored("ValueError")])
async def test_when_one_message_has_to_wait_its_share_is_neither_answered_nor_passed(error):
    spoken = Spoken()
    bodies = [an_adt(control_id=name) for name in ("A", "WAITS", "B")]

    with pytest.raises(type(error)):
        await KafkaDoor(Listening(b"WAITS", error), spoken).handle(records(*bodies))

    assert spoken.shares == []


async def test_an_answer_that_cannot_be_sent_is_not_forgotten():
    answers = Answers("127.0.0.1:1", every=False)
    refused = Reply("AR", b"no", "application/hl7-v2", None)
    [record] = records(an_adt())

    for _ in range(2):
        with pytest.raises(KafkaConnectionError):
            await answers.send([(record, refused)])


async def test_where_nothing_is_to_be_said_kafka_is_not_even_looked_for():
    answers = Answers("127.0.0.1:1", every=False)
    [record] = records(an_adt())

    await answers.send([(record, Reply("AA", b"yes", "application/hl7-v2", None))])


@pytest.mark.parametrize(
    ("content_type", "body", "dialect"),
    [
        ("", b"MSH|", "hl7v2"),
        ("", b'\xef\xbb\xbf {"a": 1}', "fhir"),
        ("", b"\r\n<Bundle/>", "itk3"),
        ("", b"", "hl7v2"),
        ("application/octet-stream", b"<a/>", "itk3"),
        ("Application/FHIR+JSON; charset=utf-8", b"<a/>", "fhir"),
        ("text/plain", b"{}", "hl7v2"),
        ("application/xml", b"{}", "itk3"),
    ],
)
def test_the_media_type_tells_the_language_and_else_the_first_character(
    content_type, body, dialect
):
    assert dialect_of(content_type, body) == dialect
