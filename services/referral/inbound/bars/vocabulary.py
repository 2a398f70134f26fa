"""The code systems of BaRS, and how its codes become the words of this house (C10)."""

from collections.abc import Mapping
from typing import Final

EVENTS: Final = "https://fhir.nhs.uk/CodeSystem/message-events-bars"
REASONS: Final = "https://fhir.nhs.uk/CodeSystem/message-reason-bars"
NHS_NUMBER: Final = "https://fhir.nhs.uk/id/nhs-number"
REFERRAL_REQUEST: Final = "servicerequest-request"
REFERRAL_RESPONSE: Final = "servicerequest-response"
BOOKING_REQUEST: Final = "booking-request"
BOOKING_RESPONSE: Final = "booking-response"
NEW: Final = "new"
UPDATE: Final = "update"
ADVICE: Final = frozenset({"a8t1"})
"""Use cases that ask a specialist for advice."""
CANCER: Final = frozenset({"2ww", "suspected-cancer", "usc"})
"""Codes of the urgent route for suspected cancer; the old one is still in use."""
REJECTED: Final[Mapping[str, str]] = {
    "22": "no-capacity",
    "23": "not-appropriate",
    "40": "not-eligible",
    "42": "out-of-area",
    "RRNA": "not-appropriate",
    "FC": "no-capacity",
}
"""Why a service says no, by its code; any other is `not-appropriate`."""
REJECTED_AS: Final[Mapping[str, str]] = {
    "no-capacity": "22",
    "not-appropriate": "23",
    "not-eligible": "40",
    "out-of-area": "42",
}
"""And back; any other is 99."""
OTHER_REASON: Final = "99"
REJECTION_REASONS: Final = "https://fhir.nhs.uk/CodeSystem/service-rejection-reason-bars"
ANSWERS: Final[Mapping[str, str]] = {
    REFERRAL_REQUEST: REFERRAL_RESPONSE,
    BOOKING_REQUEST: BOOKING_RESPONSE,
}
