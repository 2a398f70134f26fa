"""What this service understands of FHIR, in FHIR's own words: `GET /fhir/metadata`."""

from typing import Any

from services.discharge.inbound.fhir.happenings import EVENTS, HAPPENINGS

FORMATS = ("application/fhir+json", "json")
PROCESS_MESSAGE = "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message"
_SINCE = "2026-11-22"


def capability_statement(software_version: str) -> dict[str, Any]:
    """A CapabilityStatement that says what is there and nothing else.

    The guide publishes no MessageDefinition, so the statement brings its own.
    """
    return {
        "resourceType": "CapabilityStatement",
        "contained": [_definition(event) for event in HAPPENINGS],
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "Baton discharge", "version": software_version},
        "implementation": {
            "description": "Takes notifications of admission, transfer and discharge"
        },
        "fhirVersion": "4.0.1",
        "format": list(FORMATS),
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Authorization: Bearer, except for this statement"},
                "operation": [{"name": "process-message", "definition": PROCESS_MESSAGE}],
            }
        ],
        "messaging": [
            {
                "documentation": "POST [base]/$process-message; a resend is answered as before",
                "supportedMessage": [
                    {"mode": "receiver", "definition": f"#{event}"} for event in HAPPENINGS
                ],
            }
        ],
    }


def _definition(event: str) -> dict[str, Any]:
    return {
        "resourceType": "MessageDefinition",
        "id": event,
        "status": "active",
        "date": _SINCE,
        "eventCoding": {"system": EVENTS, "code": event},
        "category": "notification",
        "focus": [{"code": "Encounter", "min": 1, "max": "1"}],
        "responseRequired": "always",
    }
