"""A referral as its pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.access import Actor
from services.chassis.pages import deadline, when
from services.chassis.wording import day
from services.referral.domain.directory import Directory
from services.referral.inbound.referral_words import (
    APPOINTMENTS,
    BECAUSE,
    KINDS,
    PRIORITIES,
    REQUESTS,
    STATES,
)
from services.referral.inbound.words import Tag
from services.referral.inbound.worklist_cards import PersonCard, person_card
from services.referral.usecases.referral_views import (
    AppointmentView,
    AttachmentView,
    ReferralView,
    RequestView,
    SectionView,
    WholeReferralView,
)

_OVER = ("outcome", "rejected", "cancelled")


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral in the list."""

    link: str
    person: PersonCard
    kind: str
    priority: str
    state: Tag
    since: str
    team: str
    wait: Tag | None
    next_appointment: str


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A time at which the patient is to be seen, or was."""

    appointment_id: UUID
    at: str
    was: str
    """The time before it moved."""
    team: str
    state: Tag
    may_begin: bool
    """It is ahead or has begun, and nobody has said what became of it."""
    begun: bool
    clash: bool
    """Within a week of another service's appointment: perhaps both can be on one day (A39)."""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request in the chain."""

    team: str
    made: str
    state: Tag
    because: str


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """Everything of one referral."""

    referral_id: UUID
    handover: str
    person: PersonCard
    kind: str
    priority: str
    state: Tag
    since: str
    because: str
    sender: str
    team: str
    phone: str
    accountable: str
    accept_by: str
    started: str
    wait: Tag | None
    wait_until: str
    appointments: Sequence[AppointmentRow]
    others: Sequence[AppointmentRow]
    requests: Sequence[RequestRow]
    letter: Sequence[SectionView]
    letter_at: str
    attachments: Sequence[AttachmentView]
    redirect: str
    """Where to pass it on; empty when there is no offer to pass on."""
    may_answer: bool
    """The reader's team is asked and has not answered."""
    may_wait: bool
    """Nobody has accepted yet."""
    may_serve: bool
    """The reader's team has it."""
    may_cancel: bool
    goes_on: bool


def referral_row(view: ReferralView, directory: Directory, now: datetime) -> ReferralRow:
    """One line of the list."""
    return ReferralRow(
        link=f"/worklist/referrals/{view.referral_id}",
        person=person_card(view.person, now),
        kind=KINDS[view.kind],
        priority=PRIORITIES[view.priority],
        state=STATES[view.state],
        since=day(view.state_since),
        team=directory.name_of(view.team),
        wait=wait_tag(view),
        next_appointment=when(view.next_appointment_at),
    )


def referral_page(
    view: WholeReferralView, directory: Directory, now: datetime, actor: Actor, *, member: bool
) -> ReferralPage:
    """The page of one referral, with what this reader may do."""
    team = directory.teams.get(view.team)
    goes_on = view.state not in _OVER
    with_them = member and goes_on and actor.serves(view.team)
    return ReferralPage(
        referral_id=view.referral_id,
        handover=f"/worklist/handovers/{view.handover_id}",
        person=person_card(view.person, now),
        kind=KINDS[view.kind],
        priority=PRIORITIES[view.priority],
        state=STATES[view.state],
        since=when(view.state_since),
        because=BECAUSE.get(view.state_because, ""),
        sender=directory.name_of(view.sender_team),
        team=directory.name_of(view.team),
        phone=team.phone if team else "",
        accountable=directory.name_of(view.accountable_team),
        accept_by=deadline(view.accept_by),
        started=day(view.clock_started_at),
        wait=wait_tag(view),
        wait_until=f"{view.wait.until:%-d %b %Y}" if view.wait else "",
        appointments=[_appointment(one, view, directory, now) for one in view.appointments],
        others=[_appointment(one, view, directory, now) for one in view.other_appointments],
        requests=[_request(one, directory) for one in view.requests],
        letter=view.letter,
        letter_at=when(view.letter_written_at),
        attachments=view.attachments,
        redirect=f"/worklist/offers/{view.offer}/redirect" if view.offer else "",
        may_answer=with_them and view.offer_state == "offered",
        may_wait=goes_on and view.offer_state == "offered",
        may_serve=with_them and view.offer_state == "accepted",
        may_cancel=member and goes_on and actor.serves(view.sender_team),
        goes_on=goes_on,
    )


def wait_tag(view: ReferralView) -> Tag | None:
    """How long the patient has waited; red beyond the limit, whatever the state."""
    if view.wait is None:
        return None
    words = f"Waited {view.wait.words}" if view.wait.over else f"Waiting {view.wait.words}"
    if view.wait.late:
        return Tag(f"{words}: too long", "red")
    return Tag(words, "green" if view.wait.over else "blue")


def _appointment(
    one: AppointmentView, view: WholeReferralView, directory: Directory, now: datetime
) -> AppointmentRow:
    ahead = one.status in ("booked", "moved")
    others = view.other_appointments if one.referral_id == view.referral_id else ()
    return AppointmentRow(
        appointment_id=one.appointment_id,
        at=when(one.starts_at),
        was=when(one.previous_starts_at),
        team=directory.name_of(one.team),
        state=APPOINTMENTS[one.status],
        may_begin=ahead,
        begun=one.starts_at <= now,
        clash=ahead
        and any(
            other.starts_at.isocalendar()[:2] == one.starts_at.isocalendar()[:2] for other in others
        ),
    )


def _request(one: RequestView, directory: Directory) -> RequestRow:
    return RequestRow(
        team=directory.name_of(one.team),
        made=when(one.made_at),
        state=REQUESTS[one.status],
        because=BECAUSE.get(one.status_because, ""),
    )
