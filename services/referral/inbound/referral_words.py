"""Referrals, their appointments and their kinds, in the words that people read."""

from collections.abc import Mapping

from services.referral.domain.reasons import DECLINE, OFFER, WITHDRAWN
from services.referral.domain.serving import CANCEL, OUTCOMES
from services.referral.inbound.words import Tag

STATES: Mapping[str, Tag] = {
    "sent": Tag("Sent", "grey"),
    "received": Tag("Waiting to be accepted", "yellow"),
    "triaged": Tag("Triaged, not accepted yet", "yellow"),
    "accepted": Tag("Accepted, no appointment yet", "blue"),
    "booked": Tag("Appointment booked", "aqua-green"),
    "attended": Tag("Seen", "green"),
    "outcome": Tag("Closed with an outcome", "green"),
    "rejected": Tag("Sent back to the referrer", "pink"),
    "cancelled": Tag("Taken back", "grey"),
}
APPOINTMENTS: Mapping[str, Tag] = {
    "booked": Tag("Booked", "blue"),
    "moved": Tag("Moved", "blue"),
    "cancelled": Tag("Cancelled", "grey"),
    "missed": Tag("Missed", "orange"),
    "attended": Tag("Attended", "green"),
}
KINDS: Mapping[str, str] = {
    "referral": "Referral",
    "suspected-cancer": "Urgent referral for suspected cancer",
    "advice": "A question to the specialist",
    "validation": "Validation of an earlier decision",
}
PRIORITIES: Mapping[str, str] = {
    "routine": "Routine",
    "urgent": "Urgent",
    "asap": "As soon as possible",
    "stat": "At once",
}
BECAUSE: Mapping[str, str] = {
    **OFFER,
    **WITHDRAWN,
    **DECLINE,
    **OUTCOMES,
    **CANCEL,
    "updated": "The referrer wrote more",
    "deceased": "The patient has died",
    "appointment-missed": "The patient did not come, or was not brought",
    "appointment-cancelled": "The appointment was cancelled",
    "redirected": "Passed on to another service",
}
"""Why it is in its state, where that needs saying."""
REQUESTS: Mapping[str, Tag] = {
    "active": Tag("Stands", "blue"),
    "revoked": Tag("Ended", "grey"),
    "completed": Tag("Done", "green"),
    "entered-in-error": Tag("Entered in error", "grey"),
}
NOTICES: Mapping[str, str] = {
    "sent": "The referral was sent. Your team stays accountable until the service accepts.",
    "triaged": "Noted. Your team has the referral and is accountable for it.",
    "booked": "The appointment is booked.",
    "changed": "Noted.",
    "outcome": "Noted what came of it.",
    "worse": "A clinician of the service has a task to look again within one working day. In an emergency ring 999.",
    "none-free": "Somebody now has the task to find an appointment.",
    "cancelled": "The referral is taken back. Everyone who was told is told to stop.",
}
