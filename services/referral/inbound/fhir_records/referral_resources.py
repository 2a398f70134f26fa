"""A referral as a ServiceRequest, and its appointments as Appointments (C9)."""

from services.referral.domain.directory import Directory
from services.referral.inbound.fhir_records.vocabulary import (
    ODS_CODE,
    REFERRAL_KIND,
    REQUISITION,
    SPECIALTY,
    Resource,
    concept,
    instant,
    meta,
    patient,
    reference,
    team,
)
from services.referral.usecases.record_views import AppointmentRecord, RequestRecord


def service_request_resource(
    request: RequestRecord, directory: Directory, *, identified: bool
) -> Resource:
    """The request. A redirect revokes it and makes another one that replaces it, under the same requisition."""
    resource: Resource = {
        "resourceType": "ServiceRequest",
        "id": str(request.service_request),
        "meta": meta(request.version, request.updated_at, request.about),
        "status": request.status,
        "intent": "order",
        "category": [concept(REFERRAL_KIND, request.kind)],
        "priority": request.priority,
        "subject": patient(request.about, identified=identified),
        "authoredOn": instant(request.made_at),
        "requester": {
            "type": "Organization",
            "identifier": {"system": ODS_CODE, "value": request.referrer},
        },
        "performer": [team(request.team, directory)],
    }
    if request.requisition:
        resource["requisition"] = {"system": REQUISITION, "value": request.requisition}
    if request.replaces:
        resource["replaces"] = [reference("ServiceRequest", request.replaces)]
    if request.specialty:
        resource["code"] = concept(SPECIALTY, request.specialty)
    return resource


def appointment_resource(
    appointment: AppointmentRecord, directory: Directory, *, identified: bool
) -> Resource:
    """The appointment. How long it takes is not known here, so it ends when it begins."""
    starts_at = instant(appointment.starts_at)
    with_team = team(appointment.team, directory) | {"type": "HealthcareService"}
    return {
        "resourceType": "Appointment",
        "id": str(appointment.appointment_id),
        "meta": meta(appointment.version, appointment.updated_at, appointment.about),
        "status": appointment.status,
        "basedOn": [reference("ServiceRequest", appointment.service_request)],
        "start": starts_at,
        "end": starts_at,
        "participant": [
            {"actor": patient(appointment.about, identified=identified), "status": "accepted"},
            {"actor": with_team, "status": "accepted"},
        ],
    }
