"""Documents that somebody must read: each one that asks for work is one task, whatever it says (H09)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.referral.domain import closing
from services.referral.domain.deadlines import due, shortened
from services.referral.domain.facts import HandoverOpened, HandoverReplanned, HandoverWithdrawn
from services.referral.domain.handover import Handover, Task, Whole
from services.referral.domain.planning import Ids, Planned, arrange, instead_of, sender_of
from services.referral.domain.redrafting import Redraft
from services.referral.domain.rules import Playbook, Whose, resolve

SETTLING = timedelta(minutes=2)
"""How long a document waits for the discharge that it is about, which travels another way and may come later."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as decisions need it: no text, no identity."""

    document_id: UUID
    patient_key: str
    spell_id: UUID | None
    replaces: UUID | None
    sender: str
    """ODS code."""
    recipient: str
    for_action: bool
    received_at: datetime
    discharged_at: datetime | None
    test_patient: bool
    correlation_id: UUID
    state: Literal["current", "replaced", "withdrawn"] = "current"
    handover_id: UUID | None = None
    """Where it is read or kept."""
    task_id: UUID | None = None
    """Whose task it is to read it."""


def must_be_read(document: Document, playbook: Playbook) -> bool:
    """Whether it asks somebody for work. What is about no real person asks nobody, as with discharges (H17)."""
    if document.test_patient and playbook.live:
        return False
    return document.state == "current" and document.for_action


def read_in(
    whole: Whole,
    documents: Sequence[Document],
    over: Collection[UUID],
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[HandoverReplanned | HandoverWithdrawn | None, dict[UUID, UUID]]:
    """Ask in an open handover that documents are read, and call off the tasks of those that are `over`.

    What is done stays done. A team that accepted a document keeps its place: the one that replaces it is theirs at
    once. Gives the task of each document.
    """
    handover = whole.handover
    draft = Redraft(whole)
    gone = [task for task in whole.open_tasks() if task.task_id in over]
    draft.cancel(*gone)
    kept: dict[UUID, Task] = {}
    asked: list[UUID] = []
    for document in documents:
        before = next((task for task in gone if _is_of(task, document, whole, playbook)), None)
        for planned in _planned(document, handover, playbook):
            if before is not None:
                kept[document.document_id] = _instead_of(before, planned, new_id)
            else:
                draft.ask(planned)
                asked.append(document.document_id)
    if not draft.cancelled and not draft.asked:
        return None, {}
    if handover.purpose == "document" and not (draft.asked or kept or draft.open_tasks()):
        return closing.call_off(whole, now, reason="document-withdrawn")[0], {}
    reason = "document-received"
    if gone:
        reason = "document-replaced" if documents else "document-withdrawn"
    fact = draft.fact(
        reason,
        now,
        new_id,
        discharge=handover.discharge,
        death=handover.death,
        readmitted_by=handover.readmitted_by,
    )
    tasks = dict(zip(asked, (task.task_id for task in fact.tasks), strict=True))
    tasks |= {document_id: task.task_id for document_id, task in kept.items()}
    return replace(fact, tasks=(*fact.tasks, *kept.values())), tasks


def open_for(
    document: Document, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[HandoverOpened, UUID]:
    """Give a document an owner where nothing is handed over: the sender's ward, until the recipient accepts.

    Where the document names no stay, its own id stands for one.
    """
    sender = sender_of(document.sender, playbook)
    handover = Handover(
        handover_id=new_id(),
        spell_id=document.spell_id or document.document_id,
        patient_key=document.patient_key,
        sender=document.sender,
        sender_team=sender.id,
        coordinator_team=sender.id,
        clock_started_at=document.discharged_at or document.received_at,
        opened_at=now,
        test_patient=document.test_patient,
        purpose="document",
    )
    offers, tasks = arrange(_planned(document, handover, playbook), handover, (), new_id)
    return HandoverOpened(handover, offers, tasks), tasks[0].task_id


def _planned(document: Document, handover: Handover, playbook: Playbook) -> tuple[Planned, ...]:
    directory = playbook.directory
    sender = directory.teams.get(handover.sender_team, directory.last_resort)
    codes: Mapping[Whose, str | None] = {
        "sender": handover.sender,
        "document-recipient": document.recipient,
    }
    planned = []
    for rule in playbook.on("document.received")[:1]:
        team, instead = directory.last_resort, rule.owner.role
        for asked in (rule.owner, *rule.fallback):
            found = resolve(asked, codes, sender.place, directory)
            if found is not None:
                team, instead = found, instead_of(rule, asked, found, codes)
                break
        anchor = document.received_at
        when = due(rule.counting, anchor, team.calendar, playbook.holidays)
        planned.append(
            Planned(
                rule, team, instead, anchor, shortened(when, anchor, playbook.divisor), playbook
            )
        )
    return tuple(planned)


def _is_of(task: Task, document: Document, whole: Whole, playbook: Playbook) -> bool:
    """Whether the team that accepted the task is the one that the document is for."""
    if task.offer_id is None or whole.offer(task.offer_id).state != "accepted":
        return False
    return any(
        planned.team.id == task.owner_team
        for planned in _planned(document, whole.handover, playbook)
    )


def _instead_of(task: Task, planned: Planned, new_id: Ids) -> Task:
    return replace(
        task,
        task_id=new_id(),
        rule_version=planned.rule.version,
        status="accepted",
        anchored_at=planned.anchored_at,
        due_at=planned.when.due_at,
        not_before=planned.when.not_before,
        working=planned.when.working,
        needs_outcome=planned.rule.needs_outcome,
        escalation_step=0,
        ladder_step=0,
        rings_at=planned.rings_at,
    )
