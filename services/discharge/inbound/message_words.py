"""What the codes on a message are called on pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "A01": "Admission",
        "A02": "Transfer",
        "A03": "Discharge",
        "A04": "Registration",
        "A05": "Planned admission",
        "A08": "Update",
        "A11": "Admission cancelled",
        "A12": "Transfer cancelled",
        "A13": "Discharge cancelled",
        "A14": "Expected admission",
        "A16": "Expected discharge",
        "A21": "Gone on leave",
        "A22": "Back from leave",
        "A23": "Visit deleted",
        "A25": "Expected discharge cancelled",
        "A28": "Person added",
        "A31": "Person updated",
        "A37": "Merge taken back",
        "A40": "Records merged",
        "A45": "Visit moved",
        "A47": "Patient number changed",
        "A50": "Visit number changed",
        "notification-admit": "Admission notification",
        "notification-transfer": "Transfer notification",
        "notification-discharge": "Discharge notification",
    }
)
DOORS: Mapping[str, str] = MappingProxyType(
    {
        "mllp": "MLLP",
        "http": "HTTP",
        "kafka": "Kafka",
        "mesh": "MESH folder",
        "national": "National record",
    }
)
DIALECTS: Mapping[str, str] = MappingProxyType(
    {
        "hl7v2": "HL7 v2",
        "fhir": "FHIR R4",
        "itk3": "Transfer of Care (ITK3)",
        "pds": "National record",
    }
)
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "AA": "Accepted",
        "AE": "The content is wrong: it has to be mended",
        "AR": "Not taken here, or not now",
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "announced": "Expected",
        "open": "In hospital",
        "on-leave": "On leave",
        "discharged": "Discharged",
        "void": "Does not count: it was cancelled or entered in error",
    }
)
HAPPENINGS: Mapping[str, str] = MappingProxyType(
    {
        "admitted": "Admitted",
        "registered": "Registered",
        "planned": "Admission planned",
        "moved": "Moved to another ward",
        "on-leave": "Gone on leave",
        "back-from-leave": "Back from leave",
        "discharge-planned": "Discharge expected",
        "discharge-plan-cancelled": "Discharge no longer expected",
        "discharged": "Discharged",
        "updated": "Updated",
        "in-progress": "The stay goes on",
        "admission-cancelled": "Admission cancelled",
        "move-cancelled": "Move cancelled",
        "discharge-cancelled": "Discharge cancelled",
        "voided": "Entered in error",
        "described": "The person was described",
        "merged": "Records merged",
        "parted": "Merge taken back",
        "visit-moved": "Visit moved",
        "renumbered": "Number changed",
    }
)
SAID: Mapping[str, str] = MappingProxyType(
    {
        "patient.described": "Something new is known of the patient",
        "spell.admitted": "The patient was admitted",
        "spell.admission_cancelled": "The admission does not count any more",
        "spell.discharged": "The patient was discharged",
        "spell.corrected": "The discharge was corrected",
        "spell.discharge_cancelled": "The discharge was cancelled",
        "spell.questioned": "The stay leaves questions for a person",
        "spell.patient_changed": "The stay belongs to another patient",
        "document.received": "A document was received",
        "document.withdrawn": "A document does not count any more",
        "document.answered": "The receiver of a document has answered",
    }
)
DECISIONS: Mapping[str, str] = MappingProxyType(
    {
        "resubmitted": "Mended and sent again",
        "accepted": "Taken in as it is",
        "set-aside": "Set aside",
    }
)


def event_name(event: str) -> str:
    """`A03 Discharge`; the code alone when it is not known, and something for none."""
    name = EVENTS.get(event, "")
    if event.startswith("notification-") and name:
        return name
    return " ".join(filter(None, (event, name))) or "No event"


def reason(message: Mapping[str, Any]) -> str:
    """Why it was refused, with the place where the sentence does not name it."""
    place, text = message["place"], message["reason"]
    return text if not place or text.startswith(place) else f"{place}: {text}"
