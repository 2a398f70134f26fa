"""What a FHIR sender is told: a response message, or an OperationOutcome when no header could be read (C6)."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from services.discharge.domain.message import DUPLICATE_KEY, Incoming, Outcome
from services.discharge.inbound.fhir.bundle import Issue
from services.discharge.inbound.fhir.message import Reading

ENDPOINT = "urn:baton:discharge"


def respond(incoming: Incoming, reading: Reading, outcome: Outcome) -> tuple[int, bytes]:
    """HTTP status and body. A resend is answered as the message was at first."""
    issues = _issues(incoming, reading, outcome)
    if reading.header is None:
        unreadable = any(issue.expression in {"", "Bundle"} for issue in issues)
        return (400 if unreadable else 422), orjson.dumps(operation_outcome(issues))
    return 200, orjson.dumps(_response(reading, outcome, issues))


def operation_outcome(issues: Sequence[Issue]) -> dict[str, Any]:
    """An OperationOutcome that names each element at fault."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": issue.code,
                "diagnostics": issue.diagnostics,
                **({"expression": [issue.expression]} if issue.expression else {}),
            }
            for issue in issues
        ],
    }


def _issues(incoming: Incoming, reading: Reading, outcome: Outcome) -> Sequence[Issue]:
    if outcome.answer.code == "AA":
        return ()
    if outcome.answer == incoming.answer:
        return reading.issues
    code = "duplicate" if outcome.answer.error == DUPLICATE_KEY else "processing"
    return (Issue(code, outcome.answer.text, outcome.answer.place),)


def _response(reading: Reading, outcome: Outcome, issues: Sequence[Issue]) -> dict[str, Any]:
    if reading.header is None:
        raise ValueError("only a message with a header gets a response message")
    event = reading.header.event_coding
    answered: dict[str, Any] = {
        "identifier": reading.control_id or str(outcome.message_id),
        "code": "fatal-error" if issues else "ok",
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


def _details_id(message_id: UUID) -> UUID:
    return uuid5(NAMESPACE_URL, f"{ENDPOINT}:outcome:{message_id}")
