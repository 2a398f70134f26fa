"""Messages as a hospital might send them, with sensible defaults."""

from pathlib import Path
from typing import Any

import orjson

SAMPLES = Path(__file__).parents[2] / "samples"

NHS_NUMBER = "9995000245"
NOTIFICATION = "http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"


def a_sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def an_adt(event: str = "A03", *segments: str, coding: str = "utf-8", **given: str) -> bytes:
    """An ADT message; `segments` come at its end, `given` replaces fields by name (see below)."""
    fields = {
        "application": "PAS",
        "sender": "ZTA",
        "sent": "20260908112040",
        "type": f"ADT^{event}",
        "control_id": "M1001",
        "processing": "P",
        "version": "2.4",
        "charset": "UNICODE UTF-8",
        "happened": "20260908112000",
        "numbers": f"{NHS_NUMBER}^^^NHS^NH~L55^^^ZTA^MR",
        "name": "SHAW^PETER^^^MR^^L",
        "born": "19740311",
        "sex": "M",
        "address": "4 HILL ROAD^^FELLSIDE^^ZZ99 3VZ^GBR^H",
        "phones": "01632 960277^PRN^PH",
        "death_time": "",
        "dead": "",
        "verified": "01",
        "practice": "ELM TREE SURGERY^^Z90001",
        "class": "I",
        "specialty": "300",
        "visit": "SP-77120",
        "method": "1" if event == "A03" else "",
        "destination": "19" if event == "A03" else "",
        "admitted": "20260904084500",
        "left": "20260908112000" if event == "A03" else "",
    } | given
    lines = [
        "MSH|^~\\&|{application}|{sender}|BATON|ZTA|{sent}||{type}|{control_id}|{processing}|{version}||||||{charset}",
        f"EVN|{event}|{{sent}}||||{{happened}}",
        "PID|1||{numbers}||{name}||{born}|{sex}|||{address}||{phones}"
        + "|" * 16
        + "{death_time}|{dead}||{verified}",
        "PD1|||{practice}",
        "PV1|1|{class}|W7^B2^4^ZTA|||||||{specialty}|||||||||{visit}"
        + "|" * 17
        + "{method}|{destination}|||||||{admitted}|{left}",
    ]
    text = "\r".join([line.format_map(fields) for line in lines] + list(segments)) + "\r"
    return text.encode(coding)


def a_notification(event: str = "notification-discharge", **given: Any) -> dict[str, Any]:
    """A FHIR R4 message Bundle about the same person and stay as `an_adt`."""
    facts = {
        "id": "0b7f3f0e-1111-4222-8333-000000000001",
        "number": NHS_NUMBER,
        "verified": "01",
        "visit": "SP-77120",
        "provider": "ZTA",
        "start": "2026-09-04T08:45:00+01:00",
        "end": "2026-09-08T11:20:00+01:00",
        "status": "finished" if event == "notification-discharge" else "in-progress",
        "method": "1",
        "destination": "19",
        "patient": {},
        "encounter": {},
        "more": [],
    } | given
    resources = [
        {
            "resourceType": "MessageHeader",
            "id": facts["id"],
            "eventCoding": {"system": NOTIFICATION, "code": event},
            "source": {"endpoint": "https://epr.example.net/fhir"},
            "sender": _reference("organisation"),
            "focus": [_reference("encounter")],
        },
        _encounter(facts) | facts["encounter"],
        _patient(facts) | facts["patient"],
        {
            "resourceType": "Organization",
            "identifier": [{"system": ODS, "value": facts["provider"]}],
        },
        *facts["more"],
    ]
    names = ["header", "encounter", "patient", "organisation"]
    names += [f"more-{number}" for number in range(len(facts["more"]))]
    entries = [
        {"fullUrl": f"urn:uuid:{name}", "resource": resource}
        for name, resource in zip(names, resources, strict=True)
    ]
    return {
        "resourceType": "Bundle",
        "type": "message",
        "timestamp": "2026-09-08T11:20:07+01:00",
        "entry": entries,
    }


def as_json(document: Any) -> bytes:
    return orjson.dumps(document)


def _reference(name: str) -> dict[str, str]:
    return {"reference": f"urn:uuid:{name}"}


def _concept(code: str, system: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} if system else {"code": code}]}


def _core(name: str, code: str) -> dict[str, Any]:
    url = f"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-{name}"
    return {"url": url, "valueCodeableConcept": _concept(code)}


def _encounter(facts: dict[str, Any]) -> dict[str, Any]:
    left = facts["status"] == "finished"
    return {
        "resourceType": "Encounter",
        "identifier": [{"system": "urn:example:spell", "value": facts["visit"]}],
        "status": facts["status"],
        "class": {"code": "IMP"},
        "subject": _reference("patient"),
        "serviceProvider": _reference("organisation"),
        "period": {"start": facts["start"]} | ({"end": facts["end"]} if left else {}),
    } | (
        {
            "extension": [_core("DischargeMethod", facts["method"])],
            "hospitalization": {"dischargeDisposition": _concept(facts["destination"])},
        }
        if left
        else {}
    )


def _patient(facts: dict[str, Any]) -> dict[str, Any]:
    number = {
        "system": "https://fhir.nhs.uk/Id/nhs-number",
        "value": facts["number"],
        "extension": [_core("NHSNumberVerificationStatus", facts["verified"])],
    }
    return {
        "resourceType": "Patient",
        "identifier": [number] if facts["number"] else [],
        "name": [{"use": "official", "family": "Shaw", "given": ["Peter"], "prefix": ["Mr"]}],
        "gender": "male",
        "birthDate": "1974-03-11",
        "telecom": [{"system": "phone", "use": "home", "value": "01632 960277"}],
        "generalPractitioner": [{"identifier": {"system": ODS, "value": "Z90001"}}],
    }
