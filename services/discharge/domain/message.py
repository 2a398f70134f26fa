"""A message as it came, what its sender is told, and whether it came before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.discharge.domain.document import Document
from services.discharge.domain.reply import Reply
from services.discharge.domain.statement import Statement

Dialect = Literal["hl7v2", "fhir", "itk3", "pds"]
Door = Literal["mllp", "http", "kafka", "mesh", "national"]
"""`national`: read from the national record after an event said that it changed."""
Code = Literal["AA", "AE", "AR"]

DUPLICATE_KEY = 205
"""HL7 table 0357: the control id is taken by another message."""
INTERNAL_ERROR = 207


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told. It never repeats anything of a patient (C3)."""

    code: Code
    """AA accepted; AE the content is wrong; AR not for us, or not now."""
    error: int = 0
    """HL7 table 0357; a document is answered with the response codes of ITK3 (C7)."""
    place: str = ""
    """The element at fault: `PID-3`, or a FHIRPath expression."""
    text: str = ""


ACCEPTED = Answer("AA")
CLASH = Answer("AE", DUPLICATE_KEY, "", "Another message has this control id")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a message, and how they number it. Together: what makes a resend a resend."""

    dialect: Dialect
    organisation: str
    application: str
    control_id: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message at the door: read, not yet stored."""

    message_id: UUID
    received_at: datetime
    sender: Sender
    arrived_by: Door
    handed_in_by: str
    """Reference of the account that posted it; empty for MLLP."""
    event: str
    """`A03`, `notification-discharge`; empty when it could not be told."""
    body: bytes
    digest: bytes
    """SHA-256 of the body."""
    answer: Answer
    """What reading alone says; AA goes with a statement."""
    statement: Statement | None
    flags: tuple[str, ...]
    read_seconds: float
    resubmits: UUID | None = None
    """The stored message whose mended form this is."""
    document: Document | None = None
    """What it says in writing; nothing in messages that only notify."""
    reply: Reply | None = None
    """What it answers to a document that was sent before."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored message with the same sender and control id."""

    message_id: UUID
    received_at: datetime
    digest: bytes
    answer: Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message, once it is durable."""

    message_id: UUID
    """Of the message as first stored."""
    received_at: datetime
    answer: Answer
    repeated: bool = False
    """The very same message had come before: nothing was done."""
    clash: bool = False
    """Another message had its control id."""


def earlier(incoming: Incoming, known: Iterable[Known]) -> Known | None:
    """The same message as it came before: a resend is answered as it was then.

    What a person takes in again is new beside the message that it stands for; once taken in, its answer holds.
    """
    same = [
        message
        for message in known
        if message.digest == incoming.digest and message.message_id != incoming.resubmits
    ]
    accepted = (message for message in same if message.answer.code == "AA")
    return next(accepted, same[0] if same else None)


def clashes(incoming: Incoming, known: Iterable[Known]) -> bool:
    """Whether its control id belongs to another message.

    One that was refused may be mended and sent again; what a person takes in again has been looked at.
    """
    if incoming.resubmits is not None or not incoming.sender.control_id:
        return False
    return any(
        message.answer.code == "AA" and message.digest != incoming.digest for message in known
    )
