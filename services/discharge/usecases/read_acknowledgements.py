"""Read the answers to a document: by its own sender, or by an operator."""

from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.domain.errors import MessageUnknown
from services.discharge.usecases.document_ports import Answered, Documents


async def read_acknowledgements(
    connection: Connection, documents: Documents, message_id: UUID, own_of: str | None
) -> Answered:
    """Find a message with a document; `own_of` narrows it to what that account handed in. Raises `MessageUnknown`."""
    found = await documents.answered(connection, message_id)
    if found is None or (own_of is not None and found.handed_in_by != own_of):
        raise MessageUnknown
    return found
