"""What this service understands of FHIR, in FHIR's own words: `GET /fhir/metadata`."""

from typing import Any

from services.discharge.inbound.fhir.notification import HAPPENINGS

_GUIDE = "http://hl7.org/fhir/us/davinci-alerts/MessageDefinition/"
_DEFINITIONS = {
    "notification-admit": "message-admit",
    "notification-discharge": "message-discharge",
}


def capability_statement(software_version: str) -> dict[str, Any]:
    """A CapabilityStatement that says what is there and nothing else."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-22",
        "kind": "instance",
        "software": {"name": "Baton discharge", "version": software_version},
        "implementation": {"description": "Takes notifications of admission and discharge"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "Authorization: Bearer, except for this statement"},
                "operation": [
                    {
                        "name": "process-message",
                        "definition": "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message",
                    }
                ],
            }
        ],
        "messaging": [
            {
                "documentation": "POST [base]/$process-message; a resend is answered as before",
                "supportedMessage": [
                    {"mode": "receiver", "definition": _GUIDE + _DEFINITIONS[event]}
                    for event in HAPPENINGS
                ],
            }
        ],
    }
