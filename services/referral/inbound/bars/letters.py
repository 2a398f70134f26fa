"""The letter in a referral message: every text that was written, and what came along byte for byte (A28)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape

from services.referral.inbound.bars.bundle import Message
from services.referral.inbound.bars.faults import Fault
from services.referral.inbound.bars.parts import (
    Binary,
    CarePlan,
    Condition,
    DocumentReference,
    Reference,
    Sent,
)
from services.referral.inbound.referral_bodies import (
    ATTACHMENT_TYPES,
    LONGEST_SECTION,
    MOST_ATTACHMENTS,
    MOST_SECTIONS,
)
from services.referral.usecases.referral_records import Attachment, Letter, Section

_BREAK = re.compile(r"(?i)<\s*(?:br|/p|/div|/li|/tr|/h\d)\s*/?>")
_MARKUP = re.compile(r"<[^>]*>")
_CONTROL = dict.fromkeys(
    [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


def read_letter(message: Message, now: datetime) -> Letter:
    """Raises `Fault` when there is nothing to read, or when what came along is not what its hash says."""
    sections = [one for one in _sections(message) if one.text][:MOST_SECTIONS]
    attachments = list(_attachments(message))
    if not sections and not attachments:
        raise Fault(
            422,
            "The message has no text for whoever is to treat: a CarePlan or a document",
            issue="required",
            place="CarePlan",
        )
    return Letter(now, sections, attachments)


def plain(text: str, longest: int = LONGEST_SECTION) -> str:
    """Text without control characters, as it may be stored and shown."""
    return text.translate(_CONTROL).strip()[:longest]


def _sections(message: Message) -> Iterator[Section]:
    for plan in message.all(CarePlan):
        heading = plain(plan.title, 200) or "Care plan"
        yield Section(heading, plain(plan.description))
        for activity in plan.activity:
            if activity.detail is not None:
                yield Section(heading, plain(activity.detail.description))
        if plan.text is not None:
            yield Section(heading, _narrative(plan.text.div))
    for condition in message.all(Condition):
        said = condition.code.text or next((c.display for c in condition.code.coding), "")
        yield Section("Condition", plain(said))


def _narrative(div: str) -> str:
    return plain(unescape(_MARKUP.sub("", _BREAK.sub("\n", div))))


def _attachments(message: Message) -> Iterator[Attachment]:
    number = 0
    for place, document in message.resources:
        if not isinstance(document, DocumentReference):
            continue
        for content in document.content:
            number += 1
            if number > MOST_ATTACHMENTS:
                raise Fault(
                    413, f"A letter brings along at most {MOST_ATTACHMENTS} files", place=place
                )
            yield _attachment(message, place, document, content.attachment)


def _attachment(
    message: Message, place: str, document: DocumentReference, sent: Sent
) -> Attachment:
    where = f"{place}.content.attachment"
    binary = message.resolve(Reference(reference=sent.url), Binary) if sent.url else None
    data = sent.data or (binary.data if binary else "")
    kind = sent.content_type or (binary.content_type if binary else "")
    if not data:
        raise Fault(422, f"{where} must come with its bytes", issue="required", place=where)
    if kind.split(";")[0].lower() not in ATTACHMENT_TYPES:
        raise Fault(
            422, f"{where} is of a kind that is not taken", issue="not-supported", place=where
        )
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise Fault(422, f"{where} is not base64", issue="value", place=where) from None
    if sent.hash and not _is_whole(content, sent.hash):
        raise Fault(422, f"{where} is not what its hash says", issue="value", place=where)
    title = plain(sent.title or document.description, 200) or "Attachment"
    return Attachment(title, kind.split(";")[0].lower(), content)


def _is_whole(content: bytes, said: str) -> bool:
    """FHIR's hash of an attachment is SHA-1, in base64; it finds damage, and is no proof against fraud."""
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()) == said.encode()
