"""The body of a stored message as text that a person can mend, and back into bytes that a reader takes."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from services.discharge.domain.errors import NotMendable
from services.discharge.domain.message import Dialect, Incoming
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.fhir.message import read_fhir
from services.discharge.inbound.hl7.charset import decode
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.hl7.reader import Unreadable, read_message
from services.discharge.inbound.itk3.message import read_itk3
from services.discharge.inbound.profiles.profile import Profiles

LONGEST_TEXT = 200_000
"""Characters that a form may hold; longer messages are mended through the interface."""
_LONG_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Mended:
    """What a person made of a message."""

    original: UUID
    dialect: Dialect
    text: str
    codec: str


def as_text(dialect: Dialect, body: bytes) -> tuple[str, str]:
    """The text of a message, one segment a line, and the codec that read it. Never fails."""
    if dialect != "hl7v2":
        return body.decode("utf-8", "replace"), "utf-8"
    try:
        codec = read_message(body).codec
        text = body.decode(codec)
    except (Unreadable, UnicodeDecodeError):
        text, codec, _ = decode(body, "")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), codec


def as_bytes(mended: Mended) -> bytes:
    """The body again. Raises `NotMendable` for characters that the message's character set does not have."""
    lines = mended.text.replace("\r\n", "\n").replace("\r", "\n")
    if mended.dialect == "hl7v2":
        lines = lines.strip("\n").replace("\n", "\r") + "\r"
    try:
        return lines.encode(mended.codec)
    except UnicodeEncodeError:
        sentence = "It has a character that the character set in MSH-18 does not have."
        raise NotMendable(sentence) from None


@dataclass(frozen=True, slots=True)
class Readers:
    """Reads stored messages as the doors do."""

    allowed_senders: frozenset[str]
    profiles: Profiles

    async def again(self, body: bytes, dialect: Dialect, original: UUID, by: str) -> Incoming:
        """The body read as if it had just come, standing for the message that it was. Raises `NotMendable`."""
        arrival = Arrival(datetime.now(UTC), "http", by)
        if len(body) > _LONG_BYTES:
            read = await asyncio.to_thread(self._read, body, dialect, arrival)
        else:
            read = self._read(body, dialect, arrival)
        return replace(read, resubmits=original)

    def _read(self, body: bytes, dialect: Dialect, arrival: Arrival) -> Incoming:
        match dialect:
            case "hl7v2":
                return read_hl7(body, arrival, self.allowed_senders, self.profiles)[0]
            case "fhir":
                return read_fhir(body, arrival)[0]
            case "itk3":
                return read_itk3(body, arrival, self.allowed_senders)[0]
            case _:
                sentence = "It was read from the national record, and is read there again."
                raise NotMendable(sentence)
