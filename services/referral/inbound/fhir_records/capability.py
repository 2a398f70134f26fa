"""What this service offers in FHIR, in FHIR's own words; written from the table that the doors are made of."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.referral.inbound.fhir_records.kinds import Kind
from services.referral.inbound.fhir_records.parameters import SEARCHES, Parameter

_SINCE = "2026-11-22"
_DEFINITIONS = "http://hl7.org/fhir/SearchParameter"
_OF_ANY = {"_id": "Resource-id", "_lastUpdated": "Resource-lastUpdated"}
_SHARED = {"ServiceRequest-patient": "clinical-patient"}
PROCESS_MESSAGE = "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message"


def capability_statement(
    kinds: Iterable[Kind], software_version: str, *, takes_messages: bool
) -> dict[str, Any]:
    """A CapabilityStatement that says what is there and nothing else."""
    rest: dict[str, Any] = {
        "mode": "server",
        "security": {"description": "Authorization: Bearer, except for this statement"},
        "resource": [_resource(kind) for kind in kinds],
    }
    if takes_messages:
        rest["operation"] = [{"name": "process-message", "definition": PROCESS_MESSAGE}]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "Baton referral", "version": software_version},
        "implementation": {"description": "Who holds which handover, by when, and who did what"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [rest],
    }


def _resource(kind: Kind) -> dict[str, Any]:
    interactions = ["read", "search-type", *(["update"] if kind.updates else [])]
    said: dict[str, Any] = {
        "type": kind.type,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned-update" if kind.updates else "versioned",
        "readHistory": False,
        "conditionalRead": "not-match",
        "searchParam": [_parameter(kind.type, one) for one in SEARCHES[kind.type]],
    }
    if kind.updates:
        said["updateCreate"] = False
    return said


def _parameter(type_: str, parameter: Parameter) -> Mapping[str, str]:
    own = f"{type_}-{parameter.name}"
    named = _OF_ANY.get(parameter.name, _SHARED.get(own, own))
    return {
        "name": parameter.name,
        "definition": f"{_DEFINITIONS}/{named}",
        "type": parameter.type,
        "documentation": parameter.documentation,
    }
