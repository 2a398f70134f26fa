"""What people do with a referral on its page: each act with the field that it may find fault with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.chassis.ids import new_id
from services.referral.domain.calendars import LONDON
from services.referral.domain.referral import Urgency
from services.referral.domain.referral_errors import NotYet
from services.referral.inbound.desks import Act
from services.referral.usecases.answer_referral import (
    cancel_referral,
    reject_referral,
    report_outcome,
    report_worse,
    triage_referral,
)
from services.referral.usecases.keep_appointments import book_appointment, report_none_free

_URGENCIES: Mapping[str, Urgency] = {
    "routine": "routine",
    "urgent": "urgent",
    "asap": "asap",
    "stat": "stat",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed into a form."""

    reason: str
    priority: Urgency
    starts_at: str
    finished: bool


@dataclass(frozen=True, slots=True)
class PageAct:
    """An act, where to lead afterwards, and the field that a refusal is about."""

    do: Callable[[UUID, Given], Act]
    notice: str
    field: str


def read_given(reason: str, priority: str, starts_at: str, *, finished: bool) -> Given:
    """What was typed; an urgency that nobody offered counts as routine."""
    return Given(reason, _URGENCIES.get(priority, "routine"), starts_at, finished)


def local_moment(text: str) -> datetime:
    """`2026-12-01T10:00` on London's clock. Raises `NotYet` for what is no time."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=0)
    except ValueError:
        raise NotYet("Enter the day and time of the appointment.") from None
    return moment.astimezone(UTC)


def _triage(of: UUID, given: Given) -> Act:
    def do(unit: Any, desk: Any) -> Any:
        return triage_referral(unit, desk, of, priority=given.priority, accept=True)

    return do


def _reject(of: UUID, given: Given) -> Act:
    def do(unit: Any, desk: Any) -> Any:
        return reject_referral(unit, desk, of, reason=given.reason)

    return do


def _book(of: UUID, given: Given) -> Act:
    def do(unit: Any, desk: Any) -> Any:
        starts_at = local_moment(given.starts_at)
        return book_appointment(unit, desk, of, appointment_id=new_id(), starts_at=starts_at)

    return do


def _outcome(of: UUID, given: Given) -> Act:
    def do(unit: Any, desk: Any) -> Any:
        return report_outcome(
            unit, desk, of, outcome=given.reason, happened_at=None, finished=given.finished
        )

    return do


def _worse(of: UUID, _: Given) -> Act:
    def do(unit: Any, desk: Any) -> Any:
        return report_worse(unit, desk, of)

    return do


def _none_free(of: UUID, _: Given) -> Act:
    def do(unit: Any, desk: Any) -> Any:
        return report_none_free(unit, desk, of)

    return do


def _cancel(of: UUID, _: Given) -> Act:
    def do(unit: Any, desk: Any) -> Any:
        return cancel_referral(unit, desk, of, reason="referral-cancelled")

    return do


ACTS: Mapping[str, PageAct] = {
    "triage": PageAct(_triage, "triaged", "priority"),
    "reject": PageAct(_reject, "", "reason"),
    "book": PageAct(_book, "booked", "starts-at"),
    "outcome": PageAct(_outcome, "outcome", "outcome"),
    "worse": PageAct(_worse, "worse", "worse"),
    "none-free": PageAct(_none_free, "none-free", "none-free"),
    "cancel": PageAct(_cancel, "cancelled", "cancel"),
}
