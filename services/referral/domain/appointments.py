"""Appointments of a referral: booked, moved, cancelled, missed, attended; a missed one discharges nobody (A34, R54)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.errors import NotFound
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.domain.happening import happen
from services.referral.domain.people import Person
from services.referral.domain.planning import Ids
from services.referral.domain.referral import Appointment, AppointmentStatus, Progress
from services.referral.domain.referral_errors import AppointmentOver, NotYet
from services.referral.domain.referral_facts import AppointmentChanged
from services.referral.domain.rules import Playbook
from services.referral.domain.serving import must_have_it, progress_of

UNAVAILABLE = "appointment-unavailable"


def book(
    whole: Whole,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    appointment_id: UUID,
    starts_at: datetime,
) -> tuple[Fact, ...]:
    """Give the patient a time. Raises `NotYet` for one that has passed."""
    progress = must_have_it(whole, person)
    _must_be_ahead(starts_at, now)
    booked = Appointment(appointment_id, progress.team, starts_at, "booked")
    return _so(booked, "booked", whole, person, now, playbook, new_id)


def move(
    whole: Whole,
    appointment_id: UUID,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    starts_at: datetime,
) -> tuple[Fact, ...]:
    """Give the patient another time."""
    before = _ahead(whole, appointment_id, person)
    _must_be_ahead(starts_at, now)
    after = replace(before, starts_at=starts_at)
    return _so(after, "moved", whole, person, now, playbook, new_id, previous=before.starts_at)


def cancel(
    whole: Whole,
    appointment_id: UUID,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[Fact, ...]:
    """It will not take place; the referral waits for another time.

    One that is left over from a referral that has ended, for example by a death, is cancelled and no more.
    """
    progress = progress_of(whole)
    if progress.over and person.speaks_for(progress.team):
        left_over = _still_ahead(progress, appointment_id)
        return (AppointmentChanged(replace(left_over, status="cancelled"), now, person.ref, None),)
    return _so(
        _ahead(whole, appointment_id, person), "cancelled", whole, person, now, playbook, new_id
    )


def miss(
    whole: Whole,
    appointment_id: UUID,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[Fact, ...]:
    """The patient did not come, or was not brought: somebody reviews, and the referral goes on."""
    before = _ahead(whole, appointment_id, person)
    _must_have_begun(before, now)
    return _so(before, "missed", whole, person, now, playbook, new_id, happened_at=before.starts_at)


def attend(
    whole: Whole,
    appointment_id: UUID,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[Fact, ...]:
    """The patient was seen."""
    before = _ahead(whole, appointment_id, person)
    _must_have_begun(before, now)
    return _so(
        before, "attended", whole, person, now, playbook, new_id, happened_at=before.starts_at
    )


def none_free(
    whole: Whole, person: Person, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[Fact, ...]:
    """No appointment is free to be booked (R55)."""
    must_have_it(whole, person)
    return happen(whole, UNAVAILABLE, now, now, playbook, new_id, by=person.ref)


def _so(
    appointment: Appointment,
    status: AppointmentStatus,
    whole: Whole,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    happened_at: datetime | None = None,
    previous: datetime | None = None,
) -> tuple[Fact, ...]:
    changed = AppointmentChanged(replace(appointment, status=status), now, person.ref, previous)
    return (
        changed,
        *happen(
            whole,
            f"appointment-{status}",
            happened_at or now,
            now,
            playbook,
            new_id,
            by=person.ref,
        ),
    )


def _ahead(whole: Whole, appointment_id: UUID, person: Person) -> Appointment:
    return _still_ahead(must_have_it(whole, person), appointment_id)


def _still_ahead(progress: Progress, appointment_id: UUID) -> Appointment:
    for one in progress.appointments:
        if one.appointment_id == appointment_id:
            if not one.ahead:
                raise AppointmentOver(one.status)
            return one
    raise NotFound("appointment")


def _must_be_ahead(starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise NotYet("Choose a time that is still to come.")


def _must_have_begun(appointment: Appointment, now: datetime) -> None:
    if now < appointment.starts_at:
        raise NotYet("The appointment has not begun yet. Cancel or move it instead.")
