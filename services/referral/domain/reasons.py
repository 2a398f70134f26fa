"""The coded reasons that people choose from, in the words they see."""

from collections.abc import Mapping

DECLINE: Mapping[str, str] = {
    "not-our-patient": "Not our patient: registered or looked after elsewhere",
    "out-of-area": "Lives outside the area we cover",
    "no-capacity": "We cannot take this on in the time it needs",
    "not-appropriate": "Not the right service for what is needed",
    "not-eligible": "Does not meet our criteria",
    "already-done": "Already done",
}
WITHDRAW: Mapping[str, str] = {
    "discharge-cancelled": "The patient has not left hospital after all",
    "readmitted": "The patient is back in hospital",
    "deceased": "The patient has died",
    "entered-in-error": "It should never have been opened",
}
"""Why somebody may withdraw a handover."""
WITHDRAWN: Mapping[str, str] = {
    **WITHDRAW,
    "discharge-cancelled": "Discharge cancelled: the patient has not left hospital after all",
    "admission-cancelled": "The stay in hospital was entered in error",
    "answered-since": "Later messages have answered the question",
    "document-withdrawn": "The hospital took the document back",
}
"""Why a handover was withdrawn, by a person or because of what was heard."""
REPLAN: Mapping[str, str] = {
    "discharge-corrected": "The hospital corrected the discharge",
    "deceased": "The patient has died",
    "death-removed": "The death was taken back: a person must look",
    "readmitted": "The patient is back in hospital",
    "readmission-cancelled": "The patient was not back in hospital after all",
    "questioned": "What the hospital's systems say does not fit together",
    "answered-since": "Later messages have answered the question",
    "document-received": "A document arrived that somebody must read",
    "document-replaced": "A newer document took its place",
    "document-withdrawn": "The hospital took the document back",
}
"""Why it was planned again."""
CANCELLED: Mapping[str, str] = {**WITHDRAWN, **REPLAN}
"""Why a task was called off."""
