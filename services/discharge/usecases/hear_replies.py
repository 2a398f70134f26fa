"""Hear what receivers answered to documents, and tell it of the stay that the document was about."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.discharge.domain.message import Answer, Incoming, Outcome
from services.discharge.domain.reply import Reply
from services.discharge.usecases import announce
from services.discharge.usecases.document_ports import Documents

_NOT_OURS = Answer(
    "AE",
    20009,
    "MessageHeader.response.identifier",
    "The message that it answers is not known here",
)
_NO_STAY = Answer(
    "AE",
    20009,
    "MessageHeader.response.identifier",
    "The document that it answers is about no stay",
)
Judged = tuple[Incoming, Answer]


async def hear_replies(
    unit: UnitOfWork,
    documents: Documents,
    outcomes: Sequence[Outcome],
    fresh: Sequence[Judged],
) -> tuple[list[Outcome], list[Judged]]:
    """Say `document.answered` for each reply to a document that is on file; refuse the others, so that they come again.

    Costs nothing where no message of the batch is a reply.
    """
    replies = [
        (incoming, incoming.reply)
        for incoming, answer in fresh
        if incoming.reply is not None and answer.code == "AA"
    ]
    if not replies:
        return list(outcomes), list(fresh)
    about = await documents.sent(unit.connection, {reply.to_message for _, reply in replies})
    refused: dict[UUID, Answer] = {}
    for incoming, reply in replies:
        document = about.get(reply.to_message)
        if document is None:
            refused[incoming.message_id] = _NOT_OURS
        elif document[1] is None:
            refused[incoming.message_id] = _NO_STAY
        else:
            _tell(unit, incoming, reply, document[0], document[1])
    return (
        [replace(one, answer=refused.get(one.message_id, one.answer)) for one in outcomes],
        [(one, refused.get(one.message_id, answer)) for one, answer in fresh],
    )


def _tell(
    unit: UnitOfWork, incoming: Incoming, reply: Reply, patient_key: str, spell_id: UUID
) -> None:
    answer_id = new_id()
    unit.publish(
        announce.document_answered(reply, patient_key, spell_id),
        stream=f"document-answer:{answer_id}",
        sequence=1,
        cause=Cause(answer_id, incoming.message_id),
        occurred_at=reply.answered_at,
    )
