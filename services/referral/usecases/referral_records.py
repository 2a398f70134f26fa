"""What the use cases of referrals and their tables hand to each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.directory import Team
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.referral import Referral
from services.referral.usecases.records import PersonDescribed


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a letter, in plain text."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """What came with a letter, byte for byte."""

    title: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What the referrer wrote."""

    written_at: datetime
    sections: Sequence[Section]
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a referral, as it was sent; it is acted on once."""

    sender: str
    """ODS code."""
    message_id: str
    request_id: UUID
    correlation_id: UUID
    event: str
    reason: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class NewReferral:
    """A referral on its way in."""

    referral: Referral
    sender: Team
    """The team that refers."""
    sent_as: str
    """What the referrer calls it."""
    letter: Letter
    by: str
    person: PersonDescribed | None = None
    """Who the patient is, as the referrer says; used where nobody else has said."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a referral that a message is about stands."""

    referral_id: UUID
    referrer: str
    sender_team: str
    team: str
    state: str


class Referrals(Protocol):
    """Referrals beside what their handovers keep."""

    async def keep(self, connection: Connection, new: NewReferral, opened: HandoverOpened) -> None:
        """Write a new one. Raises `SentBefore` when the referrer sent it before."""
        ...

    async def write_letter(self, connection: Connection, referral_id: UUID, letter: Letter) -> None:
        """Keep another letter; the newest is in force."""
        ...

    async def find(
        self, connection: Connection, sender: str, names: Sequence[str]
    ) -> Standing | None:
        """The referral that goes by one of these names: its own id, that of a request, or what `sender` calls it."""
        ...

    async def heard_before(self, connection: Connection, message: Message) -> bytes | None:
        """The digest of a message with this id from this sender, or with this request id."""
        ...

    async def remember(
        self, connection: Connection, message: Message, referral_id: UUID, at: datetime
    ) -> None:
        """Note that a message was acted on. Raises `SentBefore` when another process did so meanwhile."""
        ...

    async def birth_date(self, connection: Connection, patient_key: str) -> date | None:
        """When the patient was born, where that is known."""
        ...

    async def introduce(self, connection: Connection, person: PersonDescribed) -> None:
        """Keep who a patient is where nobody else has said; any description takes its place."""
        ...

    async def forget(self, connection: Connection, patient_keys: Iterable[str]) -> None:
        """Erase what was written about these patients."""
        ...
