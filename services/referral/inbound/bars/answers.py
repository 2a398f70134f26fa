"""What a sender is told of a referral: a response message that says how it stands (C10)."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from starlette.responses import Response

from services.referral.domain.directory import Directory
from services.referral.inbound.bars.faults import FHIR
from services.referral.inbound.bars.vocabulary import (
    EVENTS,
    NEW,
    OTHER_REASON,
    REASONS,
    REFERRAL_RESPONSE,
    REJECTED_AS,
    REJECTION_REASONS,
    UPDATE,
)
from services.referral.usecases.referral_views import WholeReferralView

ENDPOINT = "urn:baton:referral"
STATE = "urn:baton:referral-state"
REJECTION = "urn:baton:referral-rejection"
_STATUSES = {"outcome": "completed", "rejected": "revoked", "cancelled": "revoked"}


def answered(
    referral: WholeReferralView, directory: Directory, event: str, message_id: str
) -> Response:
    """The answer to a message that was acted on."""
    body = _bundle(referral, directory, event, NEW, {"identifier": message_id, "code": "ok"})
    return Response(orjson.dumps(body), 200, media_type=FHIR)


def standing(referral: WholeReferralView, directory: Directory) -> Response:
    """How a referral stands, for the referrer to fetch."""
    said = {"identifier": str(referral.referral_id), "code": "ok"}
    body = _bundle(referral, directory, REFERRAL_RESPONSE, UPDATE, said)
    return Response(orjson.dumps(body), 200, media_type=FHIR)


def _bundle(
    referral: WholeReferralView,
    directory: Directory,
    event: str,
    reason: str,
    response: dict[str, str],
) -> dict[str, Any]:
    about = f"{referral.referral_id}:{referral.state}:{referral.state_since.isoformat()}"
    bundle_id = uuid5(NAMESPACE_URL, f"{ENDPOINT}:{event}:{response['identifier']}:{about}")
    request = _request(referral, directory)
    url = f"urn:uuid:{referral.service_request}"
    header = {
        "resourceType": "MessageHeader",
        "id": str(bundle_id),
        "eventCoding": {"system": EVENTS, "code": event},
        "reason": {"coding": [{"system": REASONS, "code": reason}]},
        "source": {"name": "Baton referral", "endpoint": ENDPOINT},
        "response": response,
        "focus": [{"reference": url}],
    }
    return {
        "resourceType": "Bundle",
        "id": str(bundle_id),
        "type": "message",
        "timestamp": _instant(referral.state_since),
        "entry": [
            {"fullUrl": f"urn:uuid:{bundle_id}", "resource": header},
            {"fullUrl": url, "resource": request},
            *(
                {
                    "fullUrl": f"urn:uuid:{one.appointment_id}",
                    "resource": _appointment(one.appointment_id, one.status, one.starts_at, url),
                }
                for one in referral.appointments
            ),
        ],
    }


def _request(referral: WholeReferralView, directory: Directory) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": str(referral.service_request),
        "extension": [{"url": STATE, "valueCode": referral.state}],
        "identifier": [{"system": "urn:baton:referral", "value": str(referral.referral_id)}],
        "status": _status(referral),
        "intent": "order",
        "priority": referral.priority,
        "subject": {"display": "As in the request"},
        "performer": [
            {
                "type": "HealthcareService",
                "identifier": {"system": "urn:baton:team", "value": referral.team},
                "display": directory.name_of(referral.team),
            }
        ],
    }
    if referral.requisition:
        resource["requisition"] = {"value": referral.requisition}
    before = [one.replaces for one in referral.requests if one.replaces is not None]
    if before:
        resource["replaces"] = [{"reference": f"ServiceRequest/{before[-1]}"}]
    if referral.state == "rejected":
        code = REJECTED_AS.get(referral.state_because, OTHER_REASON)
        concept = {"coding": [{"system": REJECTION_REASONS, "code": code}]}
        resource["extension"].append({"url": REJECTION, "valueCodeableConcept": concept})
    return resource


def _status(referral: WholeReferralView) -> str:
    if referral.state_because == "entered-in-error":
        return "entered-in-error"
    return _STATUSES.get(referral.state, "active")


_APPOINTMENTS = {"booked": "booked", "moved": "booked", "missed": "noshow", "attended": "fulfilled"}


def _appointment(id_: UUID, status: str, starts_at: datetime, request: str) -> dict[str, Any]:
    return {
        "resourceType": "Appointment",
        "id": str(id_),
        "status": _APPOINTMENTS.get(status, "cancelled"),
        "start": _instant(starts_at),
        "end": _instant(starts_at),
        "basedOn": [{"reference": request}],
        "participant": [{"status": "accepted"}],
    }


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
