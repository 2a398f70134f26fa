"""The words of FHIR that every resource here uses: systems, references to teams and people, times."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.referral.domain.directory import Directory
from services.referral.domain.people import SYSTEM
from services.referral.usecases.record_views import Subject

TEAM = "urn:baton:team"
STAFF = "urn:baton:staff"
PATIENT_KEY = "urn:baton:patient-key"
HANDOVER = "urn:baton:handover"
SPELL = "urn:baton:spell"
TASK_CODE = "urn:baton:task-code"
REFERRAL_KIND = "urn:baton:referral-kind"
SPECIALTY = "urn:baton:specialty"
REQUISITION = "urn:baton:requisition"
TASK_STATE = "urn:baton:task-state"
RULE = "urn:baton:rule"
HAPPENED = "urn:baton:history"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS_CODE = "https://fhir.nhs.uk/Id/ods-organization-code"

_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

Resource = dict[str, Any]


def instant(at: datetime) -> str:
    """A time as FHIR writes it, to the microsecond: what is compared must not be rounded."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def meta(version: int, updated_at: datetime, about: Subject | None = None) -> Resource:
    """Version, last change, and how carefully to treat it."""
    said: Resource = {"versionId": str(version), "lastUpdated": instant(updated_at)}
    if about and about.restricted:
        said["security"] = [{"system": _CONFIDENTIALITY, "code": "R", "display": "restricted"}]
    if about and about.test_patient:
        said["tag"] = [{"system": _REASONS, "code": "HTEST", "display": "test health data"}]
    return said


def concept(system: str, code: str, display: str = "") -> Resource:
    """A code with its system."""
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}


def reference(kind: str, of: UUID) -> Resource:
    """To a resource that can be read here."""
    return {"reference": f"{kind}/{of}", "type": kind}


def team(team_id: str, directory: Directory) -> Resource:
    """A team, by its id in the directory and the ODS code of its organisation. There is no address to read it at."""
    identifier: Resource = {"system": TEAM, "value": team_id}
    found = directory.teams.get(team_id)
    if found is not None:
        organisation = {"system": ODS_CODE, "value": found.organisation}
        identifier["assigner"] = {"type": "Organization", "identifier": organisation}
    return {
        "type": "Organization",
        "identifier": identifier,
        "display": directory.name_of(team_id),
    }


def who(ref: str) -> Resource:
    """A member of staff or a system, by reference and never by name."""
    kind = "Device" if ref == SYSTEM else "Practitioner"
    return {"type": kind, "identifier": {"system": STAFF, "value": ref}}


def patient(about: Subject, *, identified: bool) -> Resource:
    """Whom it is about: by NHS number to those who may see it, where it is sure; else by a key that says nothing."""
    if identified and about.nhs_number:
        identifier = {"system": NHS_NUMBER, "value": about.nhs_number}
    else:
        identifier = {"system": PATIENT_KEY, "value": about.patient_key}
    return {"type": "Patient", "identifier": identifier}
