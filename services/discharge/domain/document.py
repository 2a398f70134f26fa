"""Documents about a stay: which of those that replace each other is the current one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

DUPLICATE_DOCUMENT = 20008
"""ITK3 response code: this document came before, in other words."""
CANNOT_REPLACE = 20014
"""ITK3 response code: what it replaces is not said, or is itself."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, as plain text."""

    code: str
    """SNOMED CT."""
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the stored message."""

    media_type: str
    size: int
    """Bytes, once decoded."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its message gave it."""

    reference: str
    """What its author calls it, for ever."""
    replaces: str
    """Reference of the document whose place it takes; empty: none."""
    sender: str
    """ODS code."""
    recipient: str
    """ODS code; empty when it could not be told."""
    for_action: bool
    """False: for information, a record only."""
    code: str
    """SNOMED CT document type."""
    title: str
    authored_at: datetime
    discharged_at: datetime | None
    sections: tuple[Section, ...]
    attachments: tuple[Attachment, ...]
    void: bool = False
    """Its author says that it was never right."""
    wants_answer: bool = False
    """Its sender asks whether the recipient has the patient (business acknowledgement)."""


State = Literal["current", "replaced", "withdrawn"]
Address = tuple[str, str, str]
"""Sender, recipient, reference: one document may go to several, and to each of them it is one of its own."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A document on file."""

    document_id: UUID
    message_id: UUID
    """Of the message that holds it."""
    sender: str
    recipient: str
    reference: str
    replaces: str
    authored_at: datetime
    void: bool = False
    patient_key: str = ""
    spell_id: UUID | None = None
    state: State = "current"
    said: int = 0
    """How many events its stream has: 1 received, 2 withdrawn too."""

    @property
    def address(self) -> Address:
        return self.sender, self.recipient, self.reference

    @property
    def target(self) -> Address | None:
        """The one whose place it takes."""
        return (self.sender, self.recipient, self.replaces) if self.replaces else None

    @property
    def stands(self) -> bool:
        """Whether it was said, and nothing has taken its place since."""
        return self.said == 1 and self.state == "current"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds for a set of documents that replace each other."""

    current: Filed
    overtaken: tuple[Filed, ...]
    """The others."""


def sets_of(documents: Iterable[Filed]) -> list[list[Filed]]:
    """Those that replace each other, directly or through others, together; also through one that is not here yet."""
    together: dict[Address, set[Address]] = {}
    filed = list(documents)
    for document in filed:
        joined = together.setdefault(document.address, {document.address})
        if document.target is None:
            continue
        others = together.setdefault(document.target, {document.target})
        if others is not joined:
            joined |= others
            for address in others:
                together[address] = joined
    found: dict[int, list[Filed]] = defaultdict(list)
    for document in filed:
        found[id(together[document.address])].append(document)
    return list(found.values())


def settle(members: Sequence[Filed]) -> Verdict:
    """Which one is current: a pure function of the set, so any order of arrival gives the same.

    It is one that nobody replaces. Where two take the same place, the one with the newer history stands; a document
    that has lost once never comes back, whatever arrives later.
    """
    by_address = {document.address: document for document in members}
    replaced = {document.target for document in members}
    ends = [document for document in members if document.address not in replaced]
    current = max(ends or members, key=lambda document: _history(document, by_address))
    return Verdict(current, tuple(each for each in members if each is not current))


def goes_round(document: Filed, others: Mapping[Address, Filed]) -> bool:
    """Whether it would, through others, take its own place."""
    at = document.target
    seen = set()
    while at is not None and at not in seen:
        if at == document.address:
            return True
        seen.add(at)
        at = others[at].target if at in others else None
    return False


def _history(document: Filed, by_address: Mapping[Address, Filed]) -> list[tuple[datetime, str]]:
    """Its own time and those of all that it replaces, the newest first."""
    times = {}
    at: Filed | None = document
    while at is not None and at.address not in times:
        times[at.address] = (at.authored_at, at.reference)
        at = by_address.get(at.target) if at.target else None
    return sorted(times.values(), reverse=True)
