"""View what a message says: for those who may, and never without a trace."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.errors import MessageUnknown
from services.discharge.usecases.review_ports import Purpose, Reviews


async def view_body(
    unit: UnitOfWork,
    reviews: Reviews,
    message_ids: Sequence[UUID],
    by: str,
    purpose: Purpose = "read",
) -> list[bytes]:
    """What the messages say, once it is written down who looks. Raises `MessageUnknown`."""
    bodies = [await reviews.body(unit.connection, message_id) for message_id in message_ids]
    found = [body for body in bodies if body is not None]
    if len(found) < len(bodies):
        raise MessageUnknown
    await reviews.viewed(unit.connection, message_ids, by, purpose)
    return found
