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
