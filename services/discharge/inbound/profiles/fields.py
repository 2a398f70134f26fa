"""Every field that is read from an HL7 v2 message, apart from its header: what it is for, and where the trap is (C2)."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

FieldName = Literal[
    "event_recorded", "event_happened",
    "numbers", "nhs_number", "verification", "name", "birth_date", "sex", "address", "phones",
    "work_phones", "language", "died_at", "died", "practice", "protected", "pharmacy", "needs",
    "class", "ward", "specialty", "stay_protected", "visit_number", "method", "destination",
    "admitted_at", "discharged_at", "expected_at", "diagnoses", "indicators", "scores",
    "retired_numbers", "retired_visit",
]  # fmt: skip
Kind = Literal["time", "date", "code", "text", "numbers", "name", "address", "phones", "each"]
"""`each`: one value for every segment of that name. Codes and texts may be mapped by a profile."""
Said = Literal["message", "person", "stay", "other"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a message may say."""

    name: FieldName
    kind: Kind
    about: Said
    use: str
    trap: str = ""


_FIELDS = (
    Field("event_recorded", "time", "message", "When it was typed in", "Often hours late: only where nothing better is said"),
    Field("event_happened", "time", "message", "When it really happened; orders everything", "Often empty"),
    Field("numbers", "numbers", "person", "Identifiers; type NH or authority NHS makes the NHS number", "Ten local numbers are kept, the NHS number wherever it stands; an invalid NHS number is flagged and not used"),
    Field("nhs_number", "numbers", "person", "A bare NHS number outside the identifier list", "Nowhere by default: PID-2 and PID-19 hold other numbers at most hospitals"),
    Field("verification", "code", "person", "NHS number status 01 to 08", "Only 01 lets a message go to the patient; unknown counts as 03"),
    Field("name", "name", "person", "The legal or usual name", "Preferred, birth and other names are never used to address a letter"),
    Field("birth_date", "date", "person", "Age rules, identity", "A year or a month alone is flagged, not filled up"),
    Field("sex", "code", "person", "Administrative sex"),
    Field("address", "address", "person", "Where a letter reaches the patient", "Home (H), permanent (P) or legal (L) first; a temporary one only where there is no other"),
    Field("phones", "phones", "person", "Telephone, mobile, e-mail, told apart by XTN.2 and XTN.3", "Free text such as \"Not Recorded\" is flagged; fax and pager are left out"),
    Field("work_phones", "phones", "person", "A personal mobile or e-mail filed here; a work number for staff", "A work number never gets a message for the patient, and alone replaces nothing"),
    Field("language", "text", "person", "Language of messages"),
    Field("died_at", "time", "person", "Time of death", '`""` means that a death is taken back: a person must look'),
    Field("died", "code", "person", "Y: the patient died", "Once said it stays until a person decides"),
    Field("practice", "code", "person", "ODS code of the registered practice, from component 3, 10 or 1", "The GP in PD1-4 is a person, never the practice"),
    Field("protected", "code", "person", "Y: restricted handling of the person"),
    Field("pharmacy", "code", "person", "ODS code of the nominated pharmacy", "A local segment"),
    Field("needs", "each", "person", "Codes of reasonable adjustments", "A local segment; all of them count"),
    Field("class", "code", "stay", "Inpatient, emergency or outpatient", "An unknown class counts as inpatient and is flagged"),
    Field("ward", "text", "stay", "Ward: the first component", "Often empty at a discharge: the last known stands"),
    Field("specialty", "text", "stay", "Main specialty"),
    Field("stay_protected", "code", "stay", "Restricted handling of the visit", "A code that nobody knows restricts, and is flagged"),
    Field("visit_number", "text", "stay", "Hospital provider spell: the key that HL7 v2 and FHIR share", "Missing: told by person and admission time"),
    Field("method", "code", "stay", "Discharge method; 4 and 5 say that the patient died", "A method, never the destination that FHIR calls disposition"),
    Field("destination", "code", "stay", "Discharge destination; 79 says that the patient died"),
    Field("admitted_at", "time", "stay", "Admission", "A date alone is not a time; a planned admission's is not read"),
    Field("discharged_at", "time", "stay", "Discharge", "Read of A03 and A08 only: in a cancellation it is the time that no longer holds"),
    Field("expected_at", "time", "stay", "Expected discharge", "Never starts a clock"),
    Field("diagnoses", "each", "stay", "Diagnosis code and its system", "Often absent at discharge and sent later"),
    Field("indicators", "each", "stay", "SNOMED CT codes of observations that pathways ask for"),
    Field("scores", "each", "stay", "The value beside each indicator"),
    Field("retired_numbers", "numbers", "other", "The numbers of the record that is merged away, or of whom a visit leaves"),
    Field("retired_visit", "text", "other", "The visit number before"),
)  # fmt: skip
FIELDS = MappingProxyType({field.name: field for field in _FIELDS})
MAPPED = frozenset(field.name for field in _FIELDS if field.kind in {"code", "text"})
"""Fields whose values a profile may translate."""

NAMES: tuple[FieldName, ...] = get_args(FieldName)
