"""Every event by type and version."""

from schemas.alert import AlertAcknowledged, AlertNotDelivered, AlertSent
from schemas.event import Event
from schemas.handover import (
    HandoverCompleted,
    HandoverOpened,
    HandoverWithdrawn,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskEscalated,
)
from schemas.patient import PatientDescribed
from schemas.spell import SpellAdmitted, SpellDischarged

EVENTS: tuple[type[Event], ...] = (
    PatientDescribed,
    SpellAdmitted,
    SpellDischarged,
    HandoverOpened,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskEscalated,
    HandoverCompleted,
    HandoverWithdrawn,
    AlertSent,
    AlertNotDelivered,
    AlertAcknowledged,
)

BY_SCHEMA: dict[str, type[Event]] = {event.schema_id(): event for event in EVENTS}
