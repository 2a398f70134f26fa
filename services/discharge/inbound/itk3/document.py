"""The inner Bundle as a document and as a statement about a stay."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from services.discharge.domain.codes import (
    ASSUMED_CLASS,
    CLASSES_FHIR,
    DISCHARGE_DESTINATIONS,
    DISCHARGE_METHODS,
    UNPLACED_PRACTICES,
    is_death,
)
from services.discharge.domain.document import CANNOT_REPLACE, Attachment, Document, Section
from services.discharge.domain.statement import Happening, Realm, Statement, Stay
from services.discharge.domain.times import Moment, choose
from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.times import read_moment
from services.discharge.inbound.itk3 import codes
from services.discharge.inbound.itk3.bundle import Faulty, Message
from services.discharge.inbound.itk3.handling import Handling
from services.discharge.inbound.itk3.narrative import plain_text
from services.discharge.inbound.itk3.person import coded, read_person
from services.discharge.inbound.itk3.xml import Node
from services.discharge.inbound.limits import MOST_FLAGS

MOST_SECTIONS = 60
LONGEST_SECTION = 20_000
LONGEST_DOCUMENT = 180_000
"""Characters of text that go on in an event, which may have a mebibyte at most; the stored message keeps all."""
CUT_OFF = "\n[The rest of this text is in the original document.]"
MOST_ATTACHMENTS = 100
_TEST_TAGS = frozenset({"HTEST"})
_NO_NODE = Node("", {})


@dataclass(frozen=True, slots=True)
class Content:
    """What one message says: of a stay and its patient, and in writing."""

    statement: Statement
    document: Document


def read_content(message: Message, handling: Handling, received_at: datetime) -> Content:
    """Read the document. Raises `Faulty` when it is not one about a patient."""
    flags: list[str] = []
    composition, inner = message.composition, message.inner
    patient = inner.resolve(composition.first("subject"), "Patient")
    if patient is None:
        text = "Its Patient is not in the document"
        raise Faulty(codes.PAYLOAD_INVALID, "Composition.subject", text)
    person = read_person(inner, patient, flags)
    encounter = inner.resolve(composition.first("encounter"), "Encounter")
    authored = choose(
        (
            read_moment(composition.said("date"), "Composition.date"),
            read_moment(message.header.said("timestamp"), "MessageHeader.timestamp"),
        ),
        received_at,
    )
    flags += authored.flags
    provider = _provider(message, handling, encounter)
    if not provider:
        flags.append("provider-missing:Composition.custodian")
    left = Moment("", None)
    stay = None
    if encounter is None:
        flags.append("encounter-missing:Composition.encounter")
    else:
        left = read_moment(encounter.said("period", "end"), "Encounter.period.end")
        if left.at is None:
            flags.append("time-missing:Encounter.period.end")
        stay = _stay(encounter, provider, left.at, flags)
    recipient = handling.receiver or person.words.get("practice", "")
    if not recipient or recipient in UNPLACED_PRACTICES:
        flags.append("recipient-missing:MessageHeader.receiver")
    document = _document(
        message, replace(handling, receiver=recipient), provider, authored.at, left.at, flags
    )
    stands = choose((left,), received_at) if left.at else authored
    deceased = bool(person.words.get("deceased")) or (
        stay is not None and is_death(stay.method, stay.destination)
    )
    if deceased:
        person = replace(person, words={**person.words, "deceased": True})
    realm: Realm = "test" if _is_test(message) else "production"
    happening = _happening(stay, document)
    return Content(
        Statement(
            happening=happening,
            happened_at=stands.at if happening == "discharged" else authored.at,
            said_at=authored.at,
            realm=realm,
            source=f"{provider}/itk3",
            person=person,
            stay=None if happening == "described" else stay,
            deceased=deceased,
            test_patient=realm == "test" or (person.nhs_number or "").startswith("999"),
            flags=tuple(dict.fromkeys(flags))[:MOST_FLAGS],
        ),
        document,
    )


def _happening(stay: Stay | None, document: Document) -> Happening:
    """A summary for action is one more source of the discharge; one for information starts nothing (C7).

    Without the number of the spell it is about the person alone, so that no second stay is made of the same one.
    """
    if stay is None or not stay.visit_number or document.void:
        return "described"
    if document.for_action and stay.discharged_at and document.code == codes.DISCHARGE_SUMMARY:
        return "discharged"
    return "updated"


def _provider(message: Message, handling: Handling, encounter: Node | None) -> str:
    hospital = encounter.first("serviceProvider") if encounter else None
    custodian = message.composition.first("custodian")
    return message.inner.ods_code(hospital) or message.inner.ods_code(custodian) or handling.sender


def _stay(encounter: Node, provider: str, left_at: datetime | None, flags: list[str]) -> Stay:
    admitted = read_moment(encounter.said("period", "start"), "Encounter.period.start")
    if admitted.trouble:
        flags.append(f"time-{admitted.trouble}:Encounter.period.start")
    visit_number = clean(encounter.said("identifier", "value"))
    if not visit_number:
        flags.append("visit-number-missing:Encounter")
    kind = CLASSES_FHIR.get(encounter.said("class", "code"))
    if kind is None:
        flags.append("unknown-code:Encounter.class")
    destination = clean(encounter.said("hospitalization", "dischargeDisposition", "coding", "code"))
    method = coded(encounter, "Extension-CareConnect-DischargeMethod")
    if destination and destination not in DISCHARGE_DESTINATIONS:
        flags.append("unknown-code:Encounter.hospitalization")
    if method and method not in DISCHARGE_METHODS:
        flags.append("unknown-code:Encounter.extension")
    if not any(
        each.value == "DIS" for each in encounter.all("participant", "type", "coding", "code")
    ):
        flags.append("discharging-consultant-missing:Encounter.participant")
    return Stay(
        provider=provider,
        visit_number=visit_number,
        encounter_class=kind or ASSUMED_CLASS,
        admitted_at=admitted.at,
        discharged_at=left_at,
        method=method,
        destination=destination,
    )


def _document(
    message: Message,
    handling: Handling,
    provider: str,
    authored_at: datetime,
    discharged_at: datetime | None,
    flags: list[str],
) -> Document:
    composition = message.composition
    reference = clean(composition.said("identifier", "value"))
    if not reference:
        text = "The document has no identifier"
        raise Faulty(codes.PAYLOAD_INVALID, "Composition.identifier", text)
    code = clean(composition.said("type", "coding", "code"))
    if code != codes.DISCHARGE_SUMMARY:
        flags.append("unknown-code:Composition.type")
    return Document(
        reference=reference,
        replaces=_replaces(composition, reference),
        sender=handling.sender or provider,
        recipient=handling.receiver,
        for_action=handling.recipient_type == "FA",
        code=code,
        title=clean(composition.said("title")),
        authored_at=authored_at,
        discharged_at=discharged_at,
        sections=_sections(composition, flags),
        attachments=_attachments(message, flags),
        void=composition.said("status") == "entered-in-error",
        wants_answer=handling.wants_business_answer,
    )


def _replaces(composition: Node, reference: str) -> str:
    for relation in composition.all("relatesTo"):
        if relation.said("code") == "replaces":
            target = clean(
                relation.said("targetIdentifier", "value")
                or relation.said("targetReference", "identifier", "value")
            )
            if not target or target == reference:
                text = "What the document replaces is not said, or is itself"
                raise Faulty(CANNOT_REPLACE, "Composition.relatesTo", text)
            return target
    return ""


def _sections(composition: Node, flags: list[str]) -> tuple[Section, ...]:
    found: list[Section] = []
    left = LONGEST_DOCUMENT
    for title, section in _flat(composition, ""):
        code = clean(section.said("code", "coding", "code"))
        if code not in codes.HEADINGS:
            flags.append("unknown-code:Composition.section")
        text = plain_text(section.first("text", "xhtml:div"))
        longest = min(LONGEST_SECTION, left)
        if len(text) > longest:
            flags.append("text-cut:Composition.section")
            text = text[:longest] + CUT_OFF
        left -= min(len(text), left)
        if len(found) == MOST_SECTIONS:
            flags.append("text-cut:Composition.section")
            break
        if text or title:
            found.append(Section(code, title, text))
    if codes.MANDATORY_HEADINGS - {section.code for section in found}:
        flags.append("heading-missing:Composition.section")
    return tuple(found)


def _flat(node: Node, above: str) -> Iterator[tuple[str, Node]]:
    """Every section with its title; one inside another is named after both."""
    for section in node.all("section"):
        title = clean(section.said("title") or section.said("code", "coding", "display"))
        whole = clean(f"{above}: {title}" if above and title else title or above)
        yield whole, section
        yield from _flat(section, whole)


def _attachments(message: Message, flags: list[str]) -> tuple[Attachment, ...]:
    files = [*message.inner.all("Binary"), *message.outer.all("Binary")]
    if len(files) > MOST_ATTACHMENTS:
        flags.append("too-many:Binary")
    return tuple(
        Attachment(clean(file.said("contentType")), len(file.said("content").rstrip("=")) * 3 // 4)
        for file in files[:MOST_ATTACHMENTS]
    )


def _is_test(message: Message) -> bool:
    labels = [
        label.said("code")
        for node in (message.outer.node, message.header, message.inner.node, message.composition)
        for kind in ("tag", "security")
        for label in (node.first("meta") or _NO_NODE).all(kind)
    ]
    return any(label in _TEST_TAGS for label in labels)
