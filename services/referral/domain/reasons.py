"""The coded reasons that people choose from, in the words they see."""

from collections.abc import Mapping

DECLINE: Mapping[str, str] = {
    "not-our-patient": "Not our patient: registered or looked after elsewhere",
    "out-of-area": "Lives outside the area we cover",
    "no-capacity": "We cannot take this on in the time it needs",
    "not-appropriate": "Not the right service for what is needed",
    "not-eligible": "Does not meet our criteria",
    "already-done": "Already done",
    "other": "Another reason",
}
BARS: Mapping[str, str] = {
    "22": "no-capacity",
    "23": "not-appropriate",
    "40": "not-eligible",
    "42": "out-of-area",
    "RRNA": "other",
    "FC": "other",
    "OTH": "other",
}
"""Reject reasons of the Booking and Referral Standard, and what they are here."""
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
    "referral-cancelled": "The referrer took the referral back",
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
    "happened": "Something happened that its rules count from",
}
"""Why it was planned again."""
CANCELLED: Mapping[str, str] = {**WITHDRAWN, **REPLAN}
"""Why a task was called off."""
REDIRECT: Mapping[str, str] = {
    "wrong-service": "Another service is better suited",
    "out-of-area": "Lives in the area of another team",
    "no-capacity": "Another team can take this on in the time it needs",
    "registered-elsewhere": "Registered or looked after elsewhere",
}
"""Why a team passes an offer on."""
OFFER: Mapping[str, str] = {
    **REDIRECT,
    "handed-on": "The team that has it asks another team to take it over",
    "practice-changed": "The patient is registered with another practice now",
    "practice-closed": "The practice has closed and this one follows it",
    "organisation-merged": "The organisation has become part of this one",
    "not-known-there": "The practice that was asked does not know the patient",
}
"""Why a team is asked to take over."""
ANSWERED: Mapping[str, str] = {**OFFER, **DECLINE}
"""Why an offer was declined or redirected, by a person or on behalf of a team that cannot take it."""
ENDED: Mapping[str, str] = {**OFFER, **CANCELLED}
"""Why an offer was withdrawn."""
REOPEN: Mapping[str, str] = {
    "not-done": "It turned out that it was not done",
    "needed-again": "It is needed again",
    "closed-in-error": "It was closed by mistake",
}
"""Why a closed task is taken up again."""
SNOOZE: Mapping[str, str] = {
    "waiting-for-answer": "Waiting for somebody to call or write back",
    "waiting-for-result": "Waiting for a result",
    "waiting-for-another-team": "Another team has to do something first",
    "patient-unavailable": "The patient cannot be reached until then",
    "arranged-for-then": "Arranged for a later time",
}
"""Why a task is put away for a while."""
