"""What reading HL7 v2 keeps to whatever the bytes are."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from services.discharge.domain.message import Incoming
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.acks import answers
from services.discharge.inbound.hl7.header import Header
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.profiles.load import usual_profiles

NOW = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
ARRIVAL = Arrival(NOW, "mllp")
_LONGEST = 2_000


def keep_promises(body: bytes) -> tuple[Incoming, Header]:
    """Read it; raises when a promise is broken."""
    incoming, header = read_hl7(body, ARRIVAL, frozenset(), usual_profiles())
    assert (incoming.answer.code == "AA") == (incoming.statement is not None)
    said = answers(header, incoming.answer, incoming.message_id, NOW)
    assert said or header.accept or header.application_answer, "a message without an answer"
    for each in said:
        assert each.startswith(b"MSH"), "an answer begins with its header"
        assert b"\x0b" not in each, "an answer breaks its frame"
        assert b"\x1c" not in each, "an answer breaks its frame"
    for text in _texts((incoming.statement, incoming.sender, incoming.event, incoming.flags)):
        assert "\x00" not in text, "PostgreSQL refuses NUL"
        assert len(text) <= _LONGEST, "endless text"
        text.encode("utf-8")
    return incoming, header


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
