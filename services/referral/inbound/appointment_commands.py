"""What becomes of appointments, for other programs."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.referral.inbound.desks import Desks, Errand, MemberErrand
from services.referral.inbound.referral_bodies import Moving
from services.referral.usecases.keep_appointments import end_appointment, move_appointment


def appointment_commands(desks: Desks) -> APIRouter:
    """`POST /appointments/{id}/move`, `cancel`, `miss` and `attend`. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/appointments/{appointment_id}", tags=["appointments"])

    async def end(appointment_id: UUID, status: str, errand: Errand) -> Response:
        return await desks.act(
            errand, lambda unit, desk: end_appointment(unit, desk, appointment_id, status=status)
        )

    @router.post("/move")
    async def move(appointment_id: UUID, body: Moving, errand: MemberErrand) -> Response:
        """Give the patient another time."""
        return await desks.act(
            errand,
            lambda unit, desk: move_appointment(
                unit, desk, appointment_id, starts_at=body.starts_at
            ),
        )

    @router.post("/cancel")
    async def cancel(appointment_id: UUID, errand: MemberErrand) -> Response:
        """It will not take place; the referral waits for another one, and its clock runs on."""
        return await end(appointment_id, "cancelled", errand)

    @router.post("/miss")
    async def miss(appointment_id: UUID, errand: MemberErrand) -> Response:
        """The patient did not come, or was not brought: a clinician reviews; nobody is discharged for it."""
        return await end(appointment_id, "missed", errand)

    @router.post("/attend")
    async def attend(appointment_id: UUID, errand: MemberErrand) -> Response:
        """The patient was seen."""
        return await end(appointment_id, "attended", errand)

    return router
