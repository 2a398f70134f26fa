"""What a FHIR sender is told: a response message, or an OperationOutcome when no header could be read (C6)."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from services.discharge.domain.message import INTERNAL_ERROR, Incoming, Outcome
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.fhir.bundle import Issue
from services.discharge.inbound.fhir.message import Reading, kept_issue, read_fhir

ENDPOINT = "urn:baton:discharge"
_STATUS = {"structure": 400, "duplicate": 409, "too-costly": 413, "transient": 503}
"""HTTP status by what is wrong first; anything else is about the content."""
_CONTENT = 422


def respond(incoming: Incoming, reading: Reading, outcome: Outcome) -> tuple[int, bytes]:
    """HTTP status and body. A resend is answered as the message was at first."""
    if outcome.repeated:
        # Some findings depend on the time of receipt: the first one counts.
        arrival = Arrival(outcome.received_at, incoming.arrived_by, incoming.handed_in_by)
        incoming, reading = read_fhir(incoming.body, arrival)
    refused = outcome.answer.code != "AA"
    issues = _faults(incoming, reading, outcome) if refused else _findings(incoming.flags)
    status = _STATUS.get(issues[0].code, _CONTENT) if refused else 200
    if reading.header is None:
        return status, orjson.dumps(operation_outcome(issues))
    return status, orjson.dumps(_response(reading, outcome, issues))


def operation_outcome(issues: Sequence[Issue]) -> dict[str, Any]:
    """An OperationOutcome that names each element it is about."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": issue.severity,
                "code": issue.code,
                "diagnostics": issue.diagnostics,
                **({"expression": [issue.expression]} if issue.expression else {}),
            }
            for issue in issues
        ],
    }


def _faults(incoming: Incoming, reading: Reading, outcome: Outcome) -> Sequence[Issue]:
    if outcome.answer == incoming.answer:
        return reading.issues
    return (kept_issue(outcome.answer),)


def _findings(flags: Sequence[str]) -> Sequence[Issue]:
    """What was taken in all the same, and should be better the next time."""
    found = []
    for flag in flags:
        kind, _, place = flag.partition(":")
        found.append(Issue("informational", kind, place, "information"))
    return found


def _response(reading: Reading, outcome: Outcome, issues: Sequence[Issue]) -> dict[str, Any]:
    if reading.header is None:
        raise ValueError("only a message with a header gets a response message")
    event = reading.header.event_coding
    answered: dict[str, Any] = {
        "identifier": reading.control_id or str(outcome.message_id),
        "code": _code(outcome),
    }
    header: dict[str, Any] = {
        "resourceType": "MessageHeader",
        "id": str(outcome.message_id),
        "eventCoding": {
            name: value for name, value in (("system", event.system), ("code", event.code)) if value
        },
        "source": {"name": "Baton discharge", "endpoint": ENDPOINT},
        "response": answered,
    }
    entries = [{"fullUrl": f"urn:uuid:{outcome.message_id}", "resource": header}]
    if issues:
        details = _details_id(outcome.message_id)
        answered["details"] = {"reference": f"urn:uuid:{details}"}
        resource = {"id": str(details), **operation_outcome(issues)}
        entries.append({"fullUrl": f"urn:uuid:{details}", "resource": resource})
    return {
        "resourceType": "Bundle",
        "id": str(outcome.message_id),
        "type": "message",
        "timestamp": outcome.received_at.isoformat(timespec="milliseconds"),
        "entry": entries,
    }


def _code(outcome: Outcome) -> str:
    if outcome.answer.code == "AA":
        return "ok"
    return "transient-error" if outcome.answer.error == INTERNAL_ERROR else "fatal-error"


def _details_id(message_id: UUID) -> UUID:
    return uuid5(NAMESPACE_URL, f"{ENDPOINT}:outcome:{message_id}")
