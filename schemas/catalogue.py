"""Every event by type and version."""

from schemas.alert import (
    AlertAcknowledged,
    AlertNotDelivered,
    AlertOvertaken,
    AlertSent,
    ReplyReceived,
)
from schemas.directory import TeamDescribed
from schemas.document import DocumentAnswered, DocumentReceived, DocumentWithdrawn
from schemas.event import Event
from schemas.handover import (
    CoordinatorNamed,
    HandoverCompleted,
    HandoverOpened,
    HandoverPatientChanged,
    HandoverReopened,
    HandoverReplanned,
    HandoverWithdrawn,
)
from schemas.offer import (
    OfferAccepted,
    OfferDeclined,
    OfferMadeLater,
    OfferRedirected,
    OfferUnanswered,
)
from schemas.patient import PatientDescribed
from schemas.referral import AppointmentChanged, ReferralChanged
from schemas.spell import (
    SpellAdmissionCancelled,
    SpellAdmitted,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellDischarged,
    SpellPatientChanged,
    SpellQuestioned,
)
from schemas.task import TaskAdded, TaskChanged, TaskClaimed, TaskEscalated, TaskWarned

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
    DocumentAnswered,
    HandoverOpened,
    OfferMadeLater,
    OfferAccepted,
    OfferDeclined,
    OfferRedirected,
    OfferUnanswered,
    TaskAdded,
    TaskChanged,
    TaskClaimed,
    TaskWarned,
    TaskEscalated,
    CoordinatorNamed,
    HandoverCompleted,
    HandoverReopened,
    HandoverReplanned,
    HandoverPatientChanged,
    HandoverWithdrawn,
    AlertSent,
    AlertNotDelivered,
    AlertAcknowledged,
    AlertOvertaken,
    ReplyReceived,
    ReferralChanged,
    AppointmentChanged,
    TeamDescribed,
)

BY_SCHEMA: dict[str, type[Event]] = {event.schema_id(): event for event in EVENTS}
