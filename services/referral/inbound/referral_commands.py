"""Referrals on their way, for other programs."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.ids import new_id
from services.referral.inbound.bodies import Reasoned
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.inbound.referral_bodies import Booking, Cancelling, Reporting, Triaging
from services.referral.usecases.answer_referral import (
    accept_referral,
    cancel_referral,
    reject_referral,
    report_outcome,
    report_worse,
    triage_referral,
)
from services.referral.usecases.keep_appointments import book_appointment, report_none_free


def referral_commands(desks: Desks) -> APIRouter:
    """`POST /referrals/{id}/triage` and so on. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/referrals/{referral_id}", tags=["referrals"])

    @router.post("/triage")
    async def triage(referral_id: UUID, body: Triaging, errand: MemberErrand) -> Response:
        """Say how urgent a clinician thinks it is, and take it on unless `accept` is false."""
        return await desks.act(
            errand,
            lambda unit, desk: triage_referral(
                unit, desk, referral_id, priority=body.priority, accept=body.accept
            ),
        )

    @router.post("/accept")
    async def accept(referral_id: UUID, errand: MemberErrand) -> Response:
        """Accept the offer by which your team is asked: from now on it is accountable."""
        return await desks.act(errand, lambda unit, desk: accept_referral(unit, desk, referral_id))

    @router.post("/reject")
    async def reject(referral_id: UUID, body: Reasoned, errand: MemberErrand) -> Response:
        """Send it back: to the referrer, who gets a task, or to the team that passed it on.

        `reason` is one of those for declining an offer. To pass it on instead, redirect the offer.
        """
        return await desks.act(
            errand, lambda unit, desk: reject_referral(unit, desk, referral_id, reason=body.reason)
        )

    @router.post("/outcome")
    async def outcome(referral_id: UUID, body: Reporting, errand: MemberErrand) -> Response:
        """Say what came of it: `treatment-started`, `no-treatment-needed`, `advice-given`, `diagnosis-told` or `decision-to-treat`.

        The first three stop the clock. `finished` closes the loop.
        """
        return await desks.act(
            errand,
            lambda unit, desk: report_outcome(
                unit,
                desk,
                referral_id,
                outcome=body.outcome,
                happened_at=body.happened_at,
                finished=body.finished,
            ),
        )

    @router.post("/worse")
    async def worse(referral_id: UUID, errand: MemberErrand) -> Response:
        """The patient says that it gets worse while waiting: a clinician must look again within a working day."""
        return await desks.act(errand, lambda unit, desk: report_worse(unit, desk, referral_id))

    @router.post("/cancel")
    async def cancel(referral_id: UUID, body: Cancelling, errand: MemberErrand) -> Response:
        """Take it back, if your team referred: open tasks are called off, and everyone who was told must stop."""
        return await desks.act(
            errand, lambda unit, desk: cancel_referral(unit, desk, referral_id, reason=body.reason)
        )

    @router.post("/appointments")
    async def book(referral_id: UUID, body: Booking, errand: MemberErrand) -> Response:
        """Book an appointment."""
        appointment_id = body.appointment_id or new_id()
        return await desks.act(
            errand,
            lambda unit, desk: book_appointment(
                unit, desk, referral_id, appointment_id=appointment_id, starts_at=body.starts_at
            ),
        )

    @router.post("/none-free")
    async def none_free(referral_id: UUID, errand: MemberErrand) -> Response:
        """No appointment is free to be booked: somebody must find one or offer an alternative."""
        return await desks.act(errand, lambda unit, desk: report_none_free(unit, desk, referral_id))

    return router
