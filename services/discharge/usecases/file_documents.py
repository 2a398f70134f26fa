"""File documents: refuse what came before, find the current one of each set, and tell what is new of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from schemas.event import Event
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.discharge.domain.business_answer import business_answer
from services.discharge.domain.document import (
    CANNOT_REPLACE,
    DUPLICATE_DOCUMENT,
    Address,
    Document,
    Filed,
    goes_round,
    sets_of,
    settle,
)
from services.discharge.domain.message import Answer, Incoming, Outcome
from services.discharge.domain.patient import Patient
from services.discharge.usecases import announce
from services.discharge.usecases.document_ports import Documents, NewDocument

_DUPLICATE = Answer("AE", DUPLICATE_DOCUMENT, "Composition.identifier", "This document came before")
_ROUND = Answer("AE", CANNOT_REPLACE, "Composition.relatesTo", "It replaces itself through others")

Said = dict[str, str]
Judged = tuple[Incoming, Answer]
"""A message and the answer that it gets so far."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A document whose message was taken in."""

    incoming: Incoming
    patient: Patient
    """As known with everything that the batch says."""
    spell_id: UUID | None
    cause: Cause


class Files:
    """The documents that a batch is about: as loaded, then as changed by it."""

    def __init__(self, stored: Iterable[Filed]) -> None:
        self._stored = {each.document_id: each for each in stored}
        self._filed: dict[Address, Filed] = {each.address: each for each in self._stored.values()}

    @classmethod
    async def open(cls, unit: UnitOfWork, documents: Documents, batch: Iterable[Judged]) -> "Files":
        """Load what is linked to the documents of a batch; costs nothing where there are none."""
        written = [incoming.document for incoming, _ in batch if incoming.document is not None]
        addresses = {
            (each.sender, each.recipient, reference)
            for each in written
            for reference in (each.reference, each.replaces)
            if reference
        }
        return cls(await documents.load(unit.connection, addresses) if addresses else ())

    def judge(
        self, outcomes: Sequence[Outcome], fresh: Sequence[Judged]
    ) -> tuple[list[Outcome], list[Judged]]:
        """Refuse the documents that came before or go round in a circle; put the others on file."""
        refused: dict[UUID, Answer] = {}
        for incoming, answer in fresh:
            if incoming.document is not None and answer.code == "AA":
                refusal = self._accept(incoming, incoming.document)
                if refusal is not None:
                    refused[incoming.message_id] = refusal
        return (
            [replace(one, answer=refused.get(one.message_id, one.answer)) for one in outcomes],
            [(incoming, refused.get(incoming.message_id, answer)) for incoming, answer in fresh],
        )

    def _accept(self, incoming: Incoming, document: Document) -> Answer | None:
        filed = Filed(
            document_id=new_id(),
            message_id=incoming.message_id,
            sender=document.sender,
            recipient=document.recipient,
            reference=document.reference,
            replaces=document.replaces,
            authored_at=document.authored_at,
            void=document.void,
        )
        if filed.address in self._filed:
            return _DUPLICATE
        if goes_round(filed, self._filed):
            return _ROUND
        self._filed[filed.address] = filed
        return None

    async def file(
        self, unit: UnitOfWork, documents: Documents, arrived: Sequence[Arrived]
    ) -> dict[UUID, list[Said]]:
        """Settle every set that changed and tell what is new; gives what was said because of each message."""
        new = {each.incoming.message_id: each for each in arrived}
        for filed in self._filed.values():
            known = new.get(filed.message_id)
            if known is not None:
                self._filed[filed.address] = replace(
                    filed, patient_key=known.patient.patient_key, spell_id=known.spell_id
                )
        said: dict[UUID, list[Said]] = defaultdict(list)
        for members in sets_of(self._filed.values()):
            because = [new[each.message_id] for each in members if each.message_id in new]
            if because:
                self._settle(members, new, because[-1], unit, said)
        fresh, changed = [], []
        for filed in self._filed.values():
            if filed.message_id in new:
                fresh.append(_new_document(filed, new[filed.message_id]))
            elif filed != self._stored[filed.document_id]:
                changed.append(filed)
        await documents.save(unit.connection, fresh, changed)
        return said

    def _settle(
        self,
        members: Sequence[Filed],
        new: dict[UUID, Arrived],
        because: Arrived,
        unit: UnitOfWork,
        said: dict[UUID, list[Said]],
    ) -> None:
        verdict = settle(members)
        current = verdict.current
        standing = [each for each in verdict.overtaken if each.stands]
        place_of = None
        if current.message_id in new and not current.void:
            place_of = standing.pop() if standing else None
            arrival = new[current.message_id]
            event = announce.document_received(
                current, arrival.incoming, _written(arrival.incoming), place_of
            )
            said[current.message_id].append(
                _say(unit, event, current, 1, arrival.cause, arrival.incoming.received_at)
            )
            current = replace(current, said=1)
        elif current.void:
            current = replace(current, state="withdrawn")
        self._filed[current.address] = current
        for each in verdict.overtaken:
            over = replace(each, state="replaced")
            if each in standing:
                reason = "entered-in-error" if current.void else "document-replaced"
                withdrawn = announce.document_withdrawn(each, unit.now, reason)
                told = _say(unit, withdrawn, each, 2, because.cause, unit.now)
                said[because.incoming.message_id].append(told)
                over = replace(over, said=2)
            self._filed[each.address] = over


def _say(
    unit: UnitOfWork, event: Event, filed: Filed, sequence: int, cause: Cause, occurred_at: datetime
) -> Said:
    event_id = unit.publish(
        event,
        stream=f"document:{filed.document_id}",
        sequence=sequence,
        cause=cause,
        occurred_at=occurred_at,
    )
    return {"event_id": str(event_id), "type": event.type}


def _new_document(filed: Filed, arrived: Arrived) -> NewDocument:
    document = _written(arrived.incoming)
    answer = business_answer(document, arrived.patient.described, arrived.patient.said)
    return NewDocument(filed, document, answer)


def _written(incoming: Incoming) -> Document:
    if incoming.document is None:
        raise ValueError("only messages with a document are filed")
    return incoming.document
