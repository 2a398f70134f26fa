"""The worklist's records as its template shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.pages import person_name, when
from services.referral.domain.directory import Directory
from services.referral.inbound.words import ROLES, TASK_STATES, Tag, born, due_tag
from services.referral.usecases.views import OfferView, PersonView, TaskView


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Who it is about."""

    name: str
    nhs_number: str
    born: str
    tags: Sequence[Tag]


@dataclass(frozen=True, slots=True)
class OfferCard:
    """Something asked of a team."""

    offer_id: UUID
    person: PersonCard
    team: str
    sender: str
    left_hospital: str
    due: Tag
    asks: Sequence[str]
    why_us: str
    """Why this team was asked in another's place; empty: it was meant."""
    handover: str
    accept: str
    decline: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in the list."""

    title: str
    link: str
    person: PersonCard
    due: Tag
    from_when: str
    """Since when it may be done, when that is still to come."""
    tags: Sequence[Tag]
    remark: str
    """Who declined it, or whose it is when it is not the reader's."""


def person_card(person: PersonView, now: datetime) -> PersonCard:
    """Who it is about; a patient whom nobody described yet is shown as such and never left out."""
    tags = []
    if person.restricted:
        tags.append(Tag("Restricted: share no location", "red"))
    if person.deceased:
        tags.append(Tag("Has died", "grey"))
    if person.identity_held:
        tags.append(Tag("Check who this is", "red"))
    if person.known and not person.nhs_number_verified:
        tags.append(Tag("NHS number not verified", "orange"))
    return PersonCard(
        name=person_name(person) if person.known else "Name not known here",
        nhs_number=person.nhs_number or "",
        born=born(person.birth_date, now) if person.known else "",
        tags=tags,
    )


def offer_card(offer: OfferView, directory: Directory, now: datetime) -> OfferCard:
    """An offer that waits for an answer."""
    return OfferCard(
        offer_id=offer.offer_id,
        person=person_card(offer.person, now),
        team=directory.name_of(offer.team),
        sender=directory.name_of(offer.sender_team),
        left_hospital=when(offer.clock_started_at),
        due=due_tag(offer.due_at, now),
        asks=offer.titles,
        why_us=in_place_of(offer.instead_of),
        handover=f"/worklist/handovers/{offer.handover_id}",
        accept=f"/worklist/offers/{offer.offer_id}/accept",
        decline=f"/worklist/offers/{offer.offer_id}/decline",
    )


def task_row(task: TaskView, directory: Directory, now: datetime, mine: str) -> TaskRow:
    """A task that somebody must do or was told of; `mine` is the reader's team, empty when there are several."""
    tags = [TASK_STATES[task.status]]
    if task.escalated_at is not None:
        tags.append(Tag("Escalated", "red"))
    remark = "" if task.owner_team == mine else directory.name_of(task.owner_team)
    if task.offer_state == "declined":
        remark = f"Declined by {directory.name_of(task.offer_team or '')}"
    return TaskRow(
        title=task.rule.title,
        link=f"/worklist/tasks/{task.task_id}",
        person=person_card(task.person, now),
        due=due_tag(task.due_at, now),
        from_when=when(task.not_before) if task.not_before and task.not_before > now else "",
        tags=tags,
        remark=remark,
    )


def in_place_of(role: str) -> str:
    """Why a team was asked that was not meant."""
    if not role:
        return ""
    return (
        f"You were asked because no {ROLES.get(role, role)} for this patient is in the directory."
    )
