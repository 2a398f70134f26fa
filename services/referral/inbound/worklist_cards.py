"""The worklist's records as its template shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.access import Actor, Role
from services.chassis.pages import person_name, when
from services.referral.domain.directory import Directory
from services.referral.domain.reasons import OFFER, SNOOZE
from services.referral.inbound.words import (
    PRIORITIES,
    ROLES,
    SKILLS,
    TASK_STATES,
    Tag,
    born,
    due_tag,
    near,
    sentence,
    until,
)
from services.referral.usecases.views import OfferView, PersonView, TaskView
from services.referral.usecases.worklist import Heading


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
    tags: Sequence[Tag]
    passed_on: str
    """How often it was passed on before, and why this team was asked then."""
    handover: str
    accept: str
    decline: str
    redirect: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a list, as its lines need to know them."""

    actor: Actor
    team: str
    """Their only team; empty when they have several."""
    names: Mapping[str, str]
    """Colleagues by staff reference, where their names are known."""

    def may_act_for(self, team: str) -> bool:
        return Role.TEAM in self.actor.roles and self.actor.serves(team)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in a list."""

    task_id: UUID
    title: str
    link: str
    due: Tag
    from_when: str
    """Since when it may be done, when that is still to come."""
    tags: Sequence[Tag]
    remark: str
    """Who declined it, or whose it is when it is not the reader's."""
    taken_by: str
    may_take: bool
    may_put_back: bool
    away_until: str
    """Until when it was put away, and why."""


@dataclass(frozen=True, slots=True)
class PatientCard:
    """A patient with what is to be done for them, the most pressing first."""

    person: PersonCard
    link: str
    """To the handover of the first of it."""
    lines: Sequence[OfferCard | TaskLine]
    others: int


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
        sender=directory.name_of(offer.from_team or offer.sender_team),
        left_hospital=when(offer.clock_started_at),
        due=due_tag(offer.due_at, now),
        asks=offer.titles,
        why_us=in_place_of(offer.instead_of, directory),
        tags=_offer_tags(offer, now),
        passed_on=_passed_on(offer),
        handover=f"/worklist/handovers/{offer.handover_id}",
        accept=f"/worklist/offers/{offer.offer_id}/accept",
        decline=f"/worklist/offers/{offer.offer_id}/decline",
        redirect=f"/worklist/offers/{offer.offer_id}/redirect",
    )


def _offer_tags(offer: OfferView, now: datetime) -> list[Tag]:
    tags = [PRIORITIES[offer.priority]] if offer.priority in PRIORITIES else []
    if offer.unanswered:
        tags.append(Tag("Not answered in time", "red"))
    elif offer.accept_by and offer.state == "offered":
        tags.append(Tag(f"Answer by {until(offer.accept_by, now)}", "yellow"))
    return tags


def _passed_on(offer: OfferView) -> str:
    if not offer.redirect_count:
        return ""
    times = {1: "once", 2: "twice"}.get(offer.redirect_count, f"{offer.redirect_count} times")
    return f"Passed on {times}. {sentence(offer.made_because, OFFER)}"


def task_line(task: TaskView, directory: Directory, now: datetime, reader: Reader) -> TaskLine:
    """A task that somebody must do or was told of."""
    tags = [PRIORITIES[task.priority]] if task.priority in PRIORITIES else []
    if task.status != "accepted":
        tags.append(TASK_STATES[task.status])
    if task.escalated_at is not None:
        tags.append(Tag("Escalated", "red"))
    if task.skill in SKILLS:
        tags.append(Tag(SKILLS[task.skill], "white"))
    others = f"Accountable: {directory.name_of(task.owner_team)}"
    remark = "" if task.owner_team == reader.team else others
    if task.offer_state == "declined":
        remark = f"Declined by {directory.name_of(task.offer_team or '')}"
    may_act, mine = reader.may_act_for(task.owner_team), task.owner_person == reader.actor.ref
    away = task.snoozed_until is not None and now < min(task.snoozed_until, task.due_at)
    return TaskLine(
        task_id=task.task_id,
        title=task.name,
        link=f"/worklist/tasks/{task.task_id}",
        due=due_tag(task.due_at, now),
        from_when=near(task.not_before, now) if task.not_before and task.not_before > now else "",
        tags=tags,
        remark=remark,
        taken_by="you" if mine else reader.names.get(task.owner_person, task.owner_person),
        may_take=may_act and not task.owner_person,
        may_put_back=may_act and mine,
        away_until=f"{near(task.snoozed_until, now)}: {sentence(task.snoozed_because, SNOOZE)}"
        if away and task.snoozed_until
        else "",
    )


def patient_card(
    heading: Heading, directory: Directory, now: datetime, reader: Reader
) -> PatientCard:
    """A patient of the list."""
    return PatientCard(
        person=person_card(heading.person, now),
        link=f"/worklist/handovers/{heading.items[0].handover_id}",
        lines=[
            offer_card(item, directory, now)
            if isinstance(item, OfferView)
            else task_line(item, directory, now, reader)
            for item in heading.items
        ],
        others=heading.others,
    )


def in_place_of(whom: str, directory: Directory) -> str:
    """Why a team was asked that was not meant: `whom` is a role, or the closed organisation that it follows."""
    if not whom:
        return ""
    if whom in directory.organisations:
        closed = directory.name_of_organisation(whom)
        return f"You were asked because {closed} ({whom}) has closed and your team follows it: routed by succession."
    return f"You were asked because no {ROLES.get(whom, whom.replace('-', ' '))} for this patient is in the directory."
