"""What people and programs read: records as they are shown, not as they are decided on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.referral.domain.handover import CoordinatorState, Priority
from services.referral.usecases.document_records import DocumentView


@dataclass(frozen=True, slots=True)
class PersonView:
    """Who the patient is; everything empty when nobody told us, or when they are forgotten."""

    family: str = ""
    given: str = ""
    birth_date: date | None = None
    nhs_number: str | None = None
    nhs_number_verified: bool = False
    deceased: bool = False
    restricted: bool = False
    identity_held: bool = False
    """Records were joined or parted, and nobody has verified since who this is."""

    @property
    def known(self) -> bool:
        return bool(self.family or self.given)


@dataclass(frozen=True, slots=True)
class RuleView:
    """The rule that made a task, in the version that made it."""

    rule_id: str
    version: str
    title: str = ""
    force: str = ""
    source: str = ""
    confidence: str = "K"
    local_defaults: Sequence[str] = ()
    counting: str = ""
    why: str = ""
    done: str = ""
    not_yours: str = ""
    proved_by: Sequence[str] = ()
    """What completes it beside the word of its owner; lists leave it out."""
    no_proof: Sequence[str] = ()
    """What does not complete it; lists leave it out."""


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task, with its rule and the offer that it belongs to."""

    task_id: UUID
    handover_id: UUID
    code: str
    owner_team: str
    status: str
    status_reason: str
    needs_outcome: bool
    anchored_at: datetime
    not_before: datetime | None
    due_at: datetime
    escalated_at: datetime | None
    told_teams: Sequence[str]
    closed_at: datetime | None
    offer_id: UUID | None
    offer_team: str | None
    offer_state: str | None
    handover_state: str
    late: bool
    """Open past its deadline; derived, not a status."""
    rule: RuleView
    person: PersonView
    document: DocumentView | None = None
    """What it asks to be read; only where one task is shown."""
    skill: str = ""
    """Whose work it is: `clinical`, `clerical`, `pharmacy` or `social-care`."""
    priority: Priority = "routine"
    owner_person: str = ""
    """Who in the team took it; empty: nobody in particular."""
    working: str = ""
    """How its deadline was counted."""
    ladder_step: int = 0
    rings_at: datetime | None = None
    """When silence about it is told next."""
    snoozed_until: datetime | None = None
    snoozed_because: str = ""
    coordinator_state: CoordinatorState = ""
    coordinator_team: str = ""
    about: str = ""
    """The missing result that it looks for, as staff call the test; empty: it is about none."""
    ordered_by: str = ""
    """The team that ordered that test."""
    expected_on: date | None = None

    @property
    def name(self) -> str:
        """Its title, after the result of which it speaks."""
        return f"{self.about}: {self.rule.title}" if self.about else self.rule.title


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer, with what it asks and who sent it."""

    offer_id: UUID
    handover_id: UUID
    team: str
    role: str
    instead_of: str
    state: str
    due_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    answered_because: str
    sender_team: str
    coordinator_team: str
    clock_started_at: datetime
    opened_at: datetime
    titles: Sequence[str]
    """What is asked for, a title a task."""
    person: PersonView
    priority: Priority = "routine"
    """Of the most pressing of its tasks."""
    skills: Sequence[str] = ()
    from_team: str = ""
    """Who asks; empty: the team that sent the patient."""
    redirects: UUID | None = None
    redirect_count: int = 0
    accept_by: datetime | None = None
    unanswered: bool = False
    made_because: str = ""
    coordinator_state: CoordinatorState = ""
    purpose: str = "discharge"


@dataclass(frozen=True, slots=True)
class OwnerView:
    """From when on a team was accountable; until the next one of the same subject."""

    subject: UUID
    since: datetime
    team: str
    moved_by: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the history."""

    at: datetime
    what: str
    subject: UUID | None
    team: str
    by_whom: str
    detail: str


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A handover without its parts, as lists show it."""

    handover_id: UUID
    spell_id: UUID
    sender: str
    sender_team: str
    coordinator_team: str
    clock_started_at: datetime
    opened_at: datetime
    state: str
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str
    test_patient: bool
    open_tasks: int
    next_due_at: datetime | None
    purpose: str
    """`discharge`, or `loose-end`: only there to give a question about a stay an owner."""
    replaces: UUID | None
    """The withdrawn handover of the same stay that this one follows."""
    replaced_by: UUID | None
    """The one that followed."""
    coordinator_state: CoordinatorState
    """Whether the named person whom the patient can ask for is `missing`, `proposed` or `chosen`; empty: not needed."""
    coordinator_at: str
    """Their team."""
    coordinator_name: str
    coordinator_phone: str
    person: PersonView


@dataclass(frozen=True, slots=True)
class WholeView(HandoverView):
    """A handover with everything in it."""

    offers: Sequence[OfferView]
    tasks: Sequence[TaskView]
    owners: Sequence[OwnerView]
    history: Sequence[EntryView]
    documents: Sequence[DocumentView] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; None: not narrowed."""

    teams: frozenset[str] | None
    """The asker's teams; None: every team."""
    team: str | None = None
    state: str | None = None
    patient_key: str | None = None
    due_before: datetime | None = None
    after: tuple[datetime, UUID] | None = None
    """Where the page before ended."""
    limit: int = 25
