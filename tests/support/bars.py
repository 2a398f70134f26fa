"""Referral and booking messages in the shapes of BaRS; everybody in them is made up."""

import base64
import copy
import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

SAMPLE = Path(__file__).parents[2] / "samples" / "podiatry-45-referral.json"
NHS_NUMBER = "9995000458"
LETTER = b"%PDF-1.4 made up\n"


def a_referral(**changes: Any) -> dict[str, Any]:
    """The sample, under ids of its own."""
    bundle: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return changed(bundle, message_id=str(uuid4()), **{"request_id": str(uuid4())} | changes)


def changed(
    bundle: dict[str, Any],
    *,
    message_id: str | None = None,
    request_id: str | None = None,
    event: str | None = None,
    reason: str | None = None,
    sender: str | None = None,
    service: str | None = None,
    request: dict[str, Any] | None = None,
    patient: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A message with some things said otherwise."""
    bundle = copy.deepcopy(bundle)
    header = part(bundle, "MessageHeader")
    if message_id:
        bundle["id"] = header["id"] = message_id
    if event:
        header["eventCoding"]["code"] = event
    if reason:
        header["reason"]["coding"][0]["code"] = reason
    if sender is not None:
        part(bundle, "Organization")["identifier"][0]["value"] = sender
    if service:
        part(bundle, "HealthcareService")["identifier"][0]["value"] = service
    if request_id:
        part(bundle, "ServiceRequest")["id"] = request_id
    part(bundle, "ServiceRequest").update(request or {})
    part(bundle, "Patient").update(patient or {})
    return bundle


def a_booking(
    request: str, status: str, starts_at: str, *, sender: str, appointment: str, reason: str
) -> dict[str, Any]:
    """A booking message for the referral that goes by `request`."""
    bundle = a_referral(event="booking-request", reason=reason, sender=sender)
    kept = {"MessageHeader", "Organization"}
    bundle["entry"] = [e for e in bundle["entry"] if e["resource"]["resourceType"] in kept]
    resource = {
        "resourceType": "Appointment",
        "id": appointment,
        "status": status,
        "start": starts_at,
        "end": starts_at,
        "basedOn": [{"reference": f"ServiceRequest/{request}"}],
        "participant": [{"status": "accepted"}],
    }
    bundle["entry"].append({"fullUrl": f"urn:uuid:{appointment}", "resource": resource})
    return bundle


def with_document(bundle: dict[str, Any], content: bytes = LETTER, **said: Any) -> dict[str, Any]:
    """The same message with a document in it."""
    bundle = copy.deepcopy(bundle)
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    attachment = {
        "contentType": "application/pdf",
        "data": base64.b64encode(content).decode(),
        "hash": base64.b64encode(digest).decode(),
        "title": "Referral letter",
    }
    resource = {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment | said}],
    }
    bundle["entry"].append({"fullUrl": f"urn:uuid:{uuid4()}", "resource": resource})
    return bundle


def part(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    """The first resource of a type."""
    found: dict[str, Any] = next(
        entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind
    )
    return found


def headers(**changes: str) -> dict[str, str]:
    """What comes with every message."""
    return {
        "Content-Type": "application/fhir+json",
        "X-Request-Id": str(uuid4()),
        "X-Correlation-Id": str(uuid4()),
    } | changes
