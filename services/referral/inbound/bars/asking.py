"""What a message asks: who sends it, what it is, and the referral that it is about."""

from dataclasses import dataclass

from services.referral.domain.referral import Kind, Urgency
from services.referral.inbound.bars.bundle import Message
from services.referral.inbound.bars.faults import Fault
from services.referral.inbound.bars.headers import Headers
from services.referral.inbound.bars.letters import plain
from services.referral.inbound.bars.parts import Coding, Encounter, ServiceRequest
from services.referral.inbound.bars.vocabulary import (
    ADVICE,
    CANCER,
    EVENTS,
    NEW,
    REASONS,
    UPDATE,
)

_VERIFIED = "01"
_TEST = "HTEST"
_UNRESTRICTED = frozenset({"U", "N", _TEST})


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every message says of itself."""

    event: str
    reason: str
    message_id: str
    sender: str
    """ODS code."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A referral as its message says it."""

    names: tuple[str, ...]
    """What the request goes by; the first is its own."""
    status: str
    kind: Kind
    priority: Urgency
    specialty: str
    use_case: str
    requisition: str
    journey: str
    answer: str
    """Coded reason, where it answers; empty when it gives none."""
    test: bool


def read_envelope(message: Message, headers: Headers) -> Envelope:
    """Raises `Fault` when it is not clear what is asked, or by whom."""
    header = message.header
    event = header.event_coding
    if event.system.lower() != EVENTS.lower():
        place = "Bundle.entry[0].resource.eventCoding.system"
        raise Fault(422, f"{place} is not that of BaRS", issue="not-supported", place=place)
    codes = [one.code for one in header.reason.coding if one.system.lower() == REASONS.lower()]
    reason = codes[0] if codes else ""
    if reason not in (NEW, UPDATE):
        place = "Bundle.entry[0].resource.reason"
        raise Fault(422, f"{place} must be new or update", issue="not-supported", place=place)
    if headers.context and (headers.context[2], headers.context[3]) != (event.code, reason):
        raise Fault(400, "The header use-context and the MessageHeader say different things")
    sender = message.ods_code(header.sender)
    if not sender:
        place = "Bundle.entry[0].resource.sender"
        raise Fault(422, f"{place} must lead to an ODS code", issue="required", place=place)
    return Envelope(
        event.code, reason, header.id or message.bundle.id or str(headers.request_id), sender
    )


def read_request(message: Message) -> Asked:
    """The referral that a message is about."""
    request = message.one(ServiceRequest)
    codes = {c.code.lower() for concept in request.category for c in concept.coding}
    encounters = message.all(Encounter)
    journeys = [one.reference for each in encounters for one in each.episode_of_care]
    use_case = next((code for code in sorted(codes) if code[:1] == "a" and "t" in code), "")
    names = [request.id, *(one.value.strip() for one in request.identifier)]
    if not any(names):
        raise Fault(
            422, "ServiceRequest must have an id", issue="required", place="ServiceRequest.id"
        )
    labels = (
        *message.bundle.meta.security,
        *message.header.meta.security,
        *message.header.meta.tag,
    )
    return Asked(
        names=tuple(name[:200] for name in names if name),
        status=request.status,
        kind=_kind(codes, use_case),
        priority=_priority(request, codes),
        specialty=next((c.code for c in request.code.coding if c.code.isdigit()), "")[:20],
        use_case=use_case[:20],
        requisition=request.requisition.value.strip()[:200] if request.requisition else "",
        journey=plain(journeys[0], 200) if journeys else "",
        answer=_answer(request),
        test=any(label.code == _TEST for label in labels),
    )


def _kind(codes: set[str], use_case: str) -> Kind:
    if codes & CANCER:
        return "suspected-cancer"
    if use_case in ADVICE:
        return "advice"
    return "validation" if "validation" in codes else "referral"


def _priority(request: ServiceRequest, codes: set[str]) -> Urgency:
    return "urgent" if request.priority == "routine" and codes & CANCER else request.priority


def _answer(request: ServiceRequest) -> str:
    for extension in request.extension:
        concept = extension.value_codeable_concept
        codings: list[Coding | None] = [
            *(concept.coding if concept else ()),
            extension.value_coding,
        ]
        for coding in codings:
            if coding is not None and coding.code:
                return coding.code[:20]
    return ""
