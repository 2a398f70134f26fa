"""What the sender of a document is told: ITK3 response messages, with one response code each (C7)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import quoteattr

from services.discharge.domain.message import DUPLICATE_KEY, Answer, Outcome
from services.discharge.inbound.itk3 import codes
from services.discharge.inbound.itk3.handling import Handling

ENDPOINT = "urn:baton:discharge"
_PROFILES = "https://fhir.nhs.uk/STU3/StructureDefinition/"
_SYSTEMS = "https://fhir.nhs.uk/STU3/CodeSystem/"
_STATUS = {
    codes.UNREADABLE: 400,
    codes.SENDER_NOT_AUTHORISED: 403,
    codes.DUPLICATE_MESSAGE: 409,
    20008: 409,
    codes.TOO_LARGE: 413,
}
_NOBODY = Handling("", "", "", "")


def response_code(answer: Answer) -> int:
    """The answer in the codes of ITK3."""
    if answer.code == "AA":
        return codes.SUCCESS
    return codes.DUPLICATE_MESSAGE if answer.error == DUPLICATE_KEY else answer.error


def respond(handling: Handling | None, outcome: Outcome) -> tuple[int, bytes]:
    """HTTP status and body: the infrastructure response, which says nothing where none was asked for."""
    code = response_code(outcome.answer)
    if code == codes.SUCCESS and handling and not handling.wants_infrastructure_answer:
        return 202, b""
    status = 200 if code == codes.SUCCESS else _STATUS.get(code, 422)
    return status, _whole(_response(handling, outcome, code))


def acknowledgements(handling: Handling | None, outcome: Outcome, business: int | None) -> bytes:
    """Every response to a message that its sender asked for, as a collection."""
    told = _told(handling, outcome, business)
    entries = "".join(
        _entry(_id_of(outcome.message_id, each, "bundle"), _response(handling, outcome, each))
        for each in told
    )
    kind = _value("type", "collection")
    return _whole(f'<Bundle xmlns="http://hl7.org/fhir">{kind}{entries}</Bundle>')


def responses(
    handling: Handling | None, outcome: Outcome, business: int | None
) -> Iterator[tuple[int, bytes]]:
    """Every response to a message that its sender asked for, by its code."""
    for code in _told(handling, outcome, business):
        yield code, _whole(_response(handling, outcome, code))


def _told(handling: Handling | None, outcome: Outcome, business: int | None) -> list[int]:
    """A negative response is the last."""
    code = response_code(outcome.answer)
    if code != codes.SUCCESS:
        return [code]
    told = [code] if handling is None or handling.wants_infrastructure_answer else []
    return [*told, business] if business is not None else told


def _whole(bundle: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{bundle}\n'.encode()


def _response(handling: Handling | None, outcome: Outcome, code: int) -> str:
    """One response message, the same whenever it is asked for."""
    handling = handling or _NOBODY
    ids = [_id_of(outcome.message_id, code, part) for part in ("bundle", "header", "outcome")]
    good = code in codes.GOOD
    issue = ("information", "informational") if good else ("fatal", "processing")
    details = outcome.answer.text if outcome.answer.error == code else ""
    diagnostics = (
        f"{outcome.answer.place}: {details}" if outcome.answer.place and details else details
    )
    return "".join(
        [
            '<Bundle xmlns="http://hl7.org/fhir">',
            _value("id", str(ids[0])),
            f"<meta>{_value('profile', _PROFILES + 'ITK-Message-Bundle-1')}</meta>",
            _value("type", "message"),
            _entry(ids[1], _header(handling, outcome, ids, good=good)),
            _entry(ids[2], _outcome(ids[2], issue, code, diagnostics)),
            "</Bundle>",
        ]
    )


def _header(handling: Handling, outcome: Outcome, ids: list[UUID], *, good: bool) -> str:
    answered = _value("identifier", handling.message_id or str(outcome.message_id))
    answered += _value("code", "ok" if good else "fatal-error")
    answered += f"<details>{_value('reference', f'urn:uuid:{ids[2]}')}</details>"
    return "".join(
        [
            "<MessageHeader>",
            _value("id", str(ids[1])),
            f"<meta>{_value('profile', _PROFILES + 'ITK-MessageHeader-2')}</meta>",
            _handling(handling),
            _coding("event", "ITK-MessageEvent-2", "ITK008M", "ITK Response"),
            _organisation("receiver", handling.sender),
            _organisation("sender", handling.receiver),
            _value("timestamp", _instant(outcome.received_at)),
            f"<source>{_value('name', 'Baton discharge')}{_value('endpoint', ENDPOINT)}</source>",
            f"<response>{answered}</response>",
            "</MessageHeader>",
        ]
    )


def _handling(handling: Handling) -> str:
    """A response wants no answer itself."""
    definition = "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-Response-MessageDefinition-1"
    parts = [
        ("BusAckRequested", _value("valueBoolean", "false")),
        ("InfAckRequested", _value("valueBoolean", "false")),
        ("RecipientType", _coding("valueCoding", "ITK-RecipientType-1", "FA", "For Action")),
        (
            "MessageDefinition",
            f"<valueReference>{_value('reference', definition)}</valueReference>",
        ),
    ]
    if handling.sender_reference:
        parts.append(("SenderReference", _value("valueString", handling.sender_reference)))
    inner = "".join(f'<extension url="{name}">{said}</extension>' for name, said in parts)
    return f'<extension url="{_PROFILES}Extension-ITK-MessageHandling-2">{inner}</extension>'


def _outcome(outcome_id: UUID, issue: tuple[str, str], code: int, diagnostics: str) -> str:
    severity, kind = issue
    coded = _coding("coding", "ITK-Acknowledgement-1", str(code), codes.MEANINGS.get(code, ""))
    return "".join(
        [
            "<OperationOutcome>",
            _value("id", str(outcome_id)),
            f"<meta>{_value('profile', _PROFILES + 'ITK-Ack-OperationOutcome-1')}</meta>",
            f"<issue>{_value('severity', severity)}{_value('code', kind)}<details>{coded}</details>",
            _value("diagnostics", diagnostics) if diagnostics else "",
            "</issue></OperationOutcome>",
        ]
    )


def _coding(name: str, system: str, code: str, display: str) -> str:
    said = _value("system", _SYSTEMS + system) + _value("code", code)
    return f"<{name}>{said}{_value('display', display) if display else ''}</{name}>"


def _organisation(name: str, code: str) -> str:
    if not code:
        return ""
    system = _value("system", "https://fhir.nhs.uk/Id/ods-organization-code")
    return f"<{name}><identifier>{system}{_value('value', code)}</identifier></{name}>"


def _entry(full_url: UUID, resource: str) -> str:
    url = _value("fullUrl", f"urn:uuid:{full_url}")
    return f"<entry>{url}<resource>{resource}</resource></entry>"


def _value(name: str, said: str) -> str:
    return f"<{name} value={quoteattr(said)}/>"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _id_of(message_id: UUID, code: int, part: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{ENDPOINT}:{message_id}:{code}:{part}")
