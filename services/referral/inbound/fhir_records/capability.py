"""What this service offers in FHIR, in FHIR's own words; written from the table that the doors are made of."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from services.referral.inbound.fhir_records.kinds import Kind
from services.referral.inbound.fhir_records.parameters import SEARCHES, Parameter

_SINCE = "2026-11-22"
_DEFINITIONS = "http://hl7.org/fhir/SearchParameter"
_OF_ANY = {"_id": "Resource-id", "_lastUpdated": "Resource-lastUpdated"}
_SHARED = {"ServiceRequest-patient": "clinical-patient"}
MESSAGES = "/fhir/$process-message"
_OPERATION = re.compile(r"/fhir/(?P<type>[A-Za-z]+)/\{\w+\}/\$(?P<name>[a-z-]+)")
PROCESS_MESSAGE = "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message"


def capability_statement(
    kinds: Iterable[Kind], paths: Collection[str], software_version: str
) -> dict[str, Any]:
    """A CapabilityStatement that says what is there and nothing else. `paths` are those of all routes."""
    known = list(kinds)
    operations = {kind.type: sorted(_operations(kind.type, paths)) for kind in known}
    rest: dict[str, Any] = {
        "mode": "server",
        "security": {"description": "Authorization: Bearer, except for this statement"},
        "resource": [_resource(kind, operations[kind.type]) for kind in known],
    }
    if MESSAGES in paths:
        rest["operation"] = [{"name": "process-message", "definition": PROCESS_MESSAGE}]
    definitions = [_definition(of, name) for of, names in operations.items() for name in names]
    return {
        "resourceType": "CapabilityStatement",
        **({"contained": definitions} if definitions else {}),
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "Baton referral", "version": software_version},
        "implementation": {"description": "Who holds which handover, by when, and who did what"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [rest],
    }


def _operations(type_: str, paths: Iterable[str]) -> set[str]:
    """The operations on one resource of a type, by the routes that end in them."""
    found = (_OPERATION.fullmatch(path) for path in paths)
    return {one["name"] for one in found if one and one["type"] == type_}


def _definition(type_: str, name: str) -> dict[str, Any]:
    """An operation that no guide defines: the statement brings its own definition."""
    return {
        "resourceType": "OperationDefinition",
        "id": f"{type_}-{name}",
        "name": name.capitalize(),
        "status": "active",
        "kind": "operation",
        "affectsState": False,
        "code": name,
        "resource": [type_],
        "system": False,
        "type": False,
        "instance": True,
    }


def _resource(kind: Kind, operations: Iterable[str]) -> dict[str, Any]:
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
    offered = [{"name": name, "definition": f"#{kind.type}-{name}"} for name in operations]
    if offered:
        said["operation"] = offered
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
