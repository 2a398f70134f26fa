"""What the fields of HL7 v2 segments are called, for people who do not know them by number."""

from collections.abc import Mapping
from types import MappingProxyType

SEGMENTS: Mapping[str, str] = MappingProxyType(
    {
        "MSH": "Message header",
        "EVN": "Event",
        "PID": "Patient",
        "PD1": "More about the patient",
        "NK1": "Next of kin",
        "PV1": "Visit",
        "PV2": "More about the visit",
        "MRG": "The record that is merged",
        "DG1": "Diagnosis",
        "OBX": "Observation",
        "AL1": "Allergy",
        "PR1": "Procedure",
        "ROL": "Role",
        "GT1": "Guarantor",
        "IN1": "Insurance",
        "ACC": "Accident",
        "NTE": "Note",
        "SFT": "Software",
    }
)

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "MSH-1": "Field separator",
        "MSH-2": "Other separators",
        "MSH-3": "Sending application",
        "MSH-4": "Sending organisation",
        "MSH-5": "Receiving application",
        "MSH-6": "Receiving organisation",
        "MSH-7": "Sent at",
        "MSH-9": "Message type and event",
        "MSH-10": "Control id",
        "MSH-11": "Production, training or debugging",
        "MSH-12": "HL7 version",
        "MSH-15": "Accept acknowledgement wanted",
        "MSH-16": "Application acknowledgement wanted",
        "MSH-18": "Character set",
        "EVN-1": "Event",
        "EVN-2": "Recorded at",
        "EVN-3": "Planned for",
        "EVN-4": "Reason",
        "EVN-5": "Entered by",
        "EVN-6": "Happened at",
        "PID-2": "Patient number",
        "PID-3": "Patient numbers",
        "PID-4": "Another patient number",
        "PID-5": "Name",
        "PID-7": "Date of birth",
        "PID-8": "Sex",
        "PID-9": "Alias",
        "PID-10": "Ethnic group",
        "PID-11": "Address",
        "PID-13": "Home telephone and email",
        "PID-14": "Work telephone",
        "PID-15": "Language",
        "PID-16": "Marital status",
        "PID-17": "Religion",
        "PID-18": "Account number",
        "PID-19": "National number",
        "PID-22": "Ethnic group",
        "PID-29": "Died at",
        "PID-30": "Has died",
        "PID-32": "How sure the identity is",
        "PD1-3": "GP practice",
        "PD1-4": "GP",
        "PD1-12": "Protected",
        "NK1-2": "Name",
        "NK1-3": "Relationship",
        "NK1-5": "Telephone",
        "PV1-2": "Kind of visit",
        "PV1-3": "Ward, bay and bed",
        "PV1-4": "Kind of admission",
        "PV1-6": "Ward before",
        "PV1-7": "Attending doctor",
        "PV1-8": "Referring doctor",
        "PV1-9": "Consulting doctor",
        "PV1-10": "Specialty",
        "PV1-14": "Admitted from",
        "PV1-16": "Protected",
        "PV1-17": "Admitting doctor",
        "PV1-18": "Kind of patient",
        "PV1-19": "Visit number",
        "PV1-36": "Discharge method",
        "PV1-37": "Discharge destination",
        "PV1-44": "Admitted at",
        "PV1-45": "Discharged at",
        "PV2-3": "Reason for admission",
        "PV2-9": "Expected discharge",
        "PV2-22": "Protected",
        "MRG-1": "Retired patient numbers",
        "MRG-5": "Retired visit number",
        "MRG-7": "Retired name",
        "DG1-3": "Code",
        "DG1-4": "Description",
        "DG1-5": "Diagnosed at",
        "DG1-6": "Kind of diagnosis",
        "OBX-3": "What was observed",
        "OBX-5": "Value",
        "OBX-14": "Observed at",
    }
)


def name_of(place: str) -> str:
    """`PID-5` as `Name`; empty for what has no name here."""
    return FIELDS.get(place, "")


def segment_name(segment: str) -> str:
    """`PV1` as `Visit`; a segment that begins with Z is a hospital's own."""
    if segment.startswith("Z"):
        return "The hospital’s own segment"
    return SEGMENTS.get(segment, "")
