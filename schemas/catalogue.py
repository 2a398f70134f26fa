"""Every event by type and version."""

from schemas.alert import AlertAcknowledged, AlertNotDelivered, AlertOvertaken, AlertSent
from schemas.document import DocumentReceived, DocumentWithdrawn
from schemas.event import Event
from schemas.handover import (
    HandoverCompleted,
    HandoverOpened,
    HandoverPatientChanged,
    HandoverReplanned,
    HandoverWithdrawn,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskEscalated,
)
from schemas.patient import PatientDescribed
from schemas.spell import (
    SpellAdmissionCancelled,
    SpellAdmitted,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellDischarged,
    SpellPatientChanged,
    SpellQuestioned,
)

EVENTS: tuple[type[Event], ...] = (
    PatientDescribed,
    SpellAdmitted,
    SpellAdmissionCancelled,
    SpellDischarged,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellQuestioned,
    SpellPatientChanged,
    DocumentReceived,
    DocumentWithdrawn,
    HandoverOpened,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskEscalated,
    HandoverCompleted,
    HandoverReplanned,
    HandoverPatientChanged,
    HandoverWithdrawn,
    AlertSent,
    AlertNotDelivered,
    AlertAcknowledged,
    AlertOvertaken,
)

BY_SCHEMA: dict[str, type[Event]] = {event.schema_id(): event for event in EVENTS}
