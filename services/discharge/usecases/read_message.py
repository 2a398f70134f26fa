"""Show what became of a message: its answer, what it changed, its flags; never what it says."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.domain.errors import MessageUnknown
from services.discharge.usecases.ports import Messages


async def read_message(
    connection: Connection, messages: Messages, message_id: UUID, own_of: str | None
) -> Mapping[str, Any]:
    """Read one message.

    `own_of` limits the view to what that account handed in; None sees all. Raises `MessageUnknown`.
    """
    found = await messages.read(connection, message_id)
    if found is None or (own_of is not None and found["handed_in_by"] != own_of):
        raise MessageUnknown
    return found
