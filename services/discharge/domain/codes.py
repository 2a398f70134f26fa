"""The code lists that discharge understands; a code outside them is kept and flagged, never refused (C2, C3)."""

from types import MappingProxyType

DISCHARGE_METHODS = frozenset("1234567")
"""NHS Data Dictionary: 1 to 5, and 6 and 7 in the mental health data set."""

DISCHARGE_DESTINATIONS = frozenset(
    [
        "19",
        "29",
        "30",
        "37",
        "38",
        "48",
        "49",
        "50",
        "51",
        "52",
        "53",
        "54",
        "65",
        "66",
        "79",
        "84",
        "85",
        "87",
        "88",
    ]
)
"""NHS Data Dictionary."""

DEATH_METHODS = frozenset("45")
DEATH_DESTINATION = "79"

VERIFICATIONS = frozenset(f"0{number}" for number in range(1, 9))
"""NHS number status indicator; 01 is verified (C5)."""
PRESENT = frozenset({"01", "02"})
"""Those that speak of a number that was sent."""
NOT_TRACED = "03"

UNPLACED_PRACTICES = frozenset({"V81997", "V81998", "V81999"})
"""None registered, not applicable, not known: codes that no practice answers to (C5)."""

CLINICAL_FRAILTY_SCALE = "763264000"
AT_RISK_FOR_SUICIDE = "225444004"
INDICATORS = frozenset({CLINICAL_FRAILTY_SCALE, AT_RISK_FOR_SUICIDE})
"""SNOMED CT observations that pathways ask for; others stay in the stored message (P01)."""

SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10"

CLASSES_V2 = MappingProxyType({"I": "IMP", "B": "IMP", "E": "EMER", "O": "AMB", "R": "AMB"})
"""PV1-2 to encounter class."""
CLASSES_FHIR = MappingProxyType(
    {
        **dict.fromkeys(("IMP", "ACUTE", "NONAC", "SS", "OBSENC"), "IMP"),
        **dict.fromkeys(("AMB", "HH", "FLD", "VR"), "AMB"),
        "EMER": "EMER",
    }
)
"""Encounter.class to encounter class."""
ASSUMED_CLASS = "IMP"
"""What an unknown class counts as: a follow-up too many does less harm than one too few."""


def is_death(method: str, destination: str) -> bool:
    """Whether a discharge method or destination says that the patient died (S04)."""
    return method in DEATH_METHODS or destination == DEATH_DESTINATION


def trust_of(provider: str) -> str:
    """The trust that an ODS code belongs to: a site code is its trust's three characters and two more."""
    return provider[:3] if len(provider) == 5 else provider
