"""What referral says of handovers as a whole; their offers and tasks speak on the same topic, to keep their order."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from schemas.event import Event
from schemas.offer import OfferMade
from schemas.task import TaskMade
from schemas.topics import HANDOVERS


class HandoverOpened(Event):
    """A discharge became a handover, with its offers and tasks."""

    type: ClassVar[str] = "handover.opened"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    spell_id: UUID
    sender: str
    """ODS code of the sending organisation."""
    coordinator_team: str
    """Directory id of the team accountable for the whole: the single point of contact."""
    clock_started_at: datetime
    """The original clock: when the patient was discharged (UTC). Never restarts."""
    opened_at: datetime
    offers: tuple[OfferMade, ...] = ()
    tasks: tuple[TaskMade, ...] = ()
    test_patient: bool = False
    replaces: UUID | None = None
    """The withdrawn handover of the same stay that this one follows (S02)."""
    purpose: str = "discharge"
    """`discharge`, `referral`, `document` or `loose-end`. For a referral, `spell_id` holds the referral's id."""


class CoordinatorNamed(Event):
    """Who the patient's single point of contact is, or that there is none (A04, A05)."""

    type: ClassVar[str] = "handover.coordinator_named"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    state: Literal["missing", "proposed", "chosen"]
    """`chosen`: by the patient. `missing`: a complex handover has none, which is a fault with an owner."""
    team: str = ""
    name: str = ""
    """A member of staff, as the patient may read it."""
    phone: str = ""
    named_at: datetime
    named_by: str


class HandoverReopened(Event):
    """A completed handover goes on, because something in it has to be taken up again."""

    type: ClassVar[str] = "handover.reopened"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    reason: str
    reopened_at: datetime
    reopened_by: str


class HandoverCompleted(Event):
    """Every task is closed and the coordinating team said so."""

    type: ClassVar[str] = "handover.completed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    completed_at: datetime
    completed_by: str


class HandoverWithdrawn(Event):
    """The handover should not go on: everyone who was told must stop."""

    type: ClassVar[str] = "handover.withdrawn"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    withdrawn_at: datetime
    withdrawn_by: str
    reason: str


class HandoverReplanned(Event):
    """What is known of the discharge changed, and with it what has to be done by when; owners and answers stay."""

    type: ClassVar[str] = "handover.replanned"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    replanned_at: datetime
    clock_started_at: datetime
    """The discharge as now known (UTC)."""
    reason: str
    """Coded, for example `discharge-corrected` or `readmitted`."""
    offers: tuple[OfferMade, ...] = ()
    """Added."""
    tasks: tuple[TaskMade, ...] = ()
    """Added, or known and with another deadline now."""
    cancelled: tuple[UUID, ...] = ()
    """Tasks that have no reason any more."""


class HandoverPatientChanged(Event):
    """The handover belongs to another patient key now; published under the new key."""

    type: ClassVar[str] = "handover.patient_changed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    previous_patient_key: str
    reason: str
    changed_at: datetime
