"""Let documents be read: one task for each that asks for work, in the handover of its stay (H09, R73)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from schemas.document import DocumentReceived, DocumentWithdrawn
from schemas.spell import SpellDischarged
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import reading
from services.referral.domain.reading import Document
from services.referral.domain.rules import Playbook
from services.referral.usecases.document_records import Documents, Wanted
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers
from services.referral.usecases.records import Found

UNCLAIMED = "document.unclaimed"
"""The timer of a document whose discharge has not been heard; its subject is the document."""

Heard = tuple[DocumentReceived | DocumentWithdrawn, Cause]


async def read_documents(
    unit: UnitOfWork,
    heard: Sequence[Heard],
    discharged: Sequence[tuple[SpellDischarged, Cause]],
    *,
    documents: Documents,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Take in documents, and find a place for those that waited for these discharges."""
    received = [
        (event, cause.correlation_id)
        for event, cause in heard
        if isinstance(event, DocumentReceived)
    ]
    if received:
        await documents.keep(unit.connection, received)
    wanted = Wanted(
        documents=[event.document_id for event, _ in heard],
        spells=[event.spell_id for event, _ in discharged],
        patient_keys=[event.patient_key for event, _ in discharged],
    )
    known = {one.document_id: one for one in await documents.load(unit.connection, wanted)}
    if not known:
        return
    causes = {event.document_id: cause for event, cause in heard}
    desk = _Desk(unit, documents, handovers, playbook, known, causes)
    withdrawn = {event.document_id for event, _ in heard if isinstance(event, DocumentWithdrawn)}
    await desk.sort(_with_their_ends(known, withdrawn), open_if_none=False)


async def claim_documents(
    unit: UnitOfWork,
    waiting: Iterable[UUID],
    *,
    documents: Documents,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Open a handover for each document whose discharge did not come in time, so that somebody answers for it."""
    loaded = await documents.load(unit.connection, Wanted(documents=list(waiting)))
    known = {one.document_id: one for one in loaded}
    await _Desk(unit, documents, handovers, playbook, known).sort(known, open_if_none=True)


def _with_their_ends(known: dict[UUID, Document], withdrawn: set[UUID]) -> dict[UUID, Document]:
    """The documents with what is known by now: one that another replaces is over, in whatever order they came."""
    replaced = {one.replaces for one in known.values() if one.replaces}
    ended = dict(known)
    for document_id, document in known.items():
        if document_id in withdrawn:
            ended[document_id] = replace(document, state="withdrawn")
        elif document_id in replaced and document.state == "current":
            ended[document_id] = replace(document, state="replaced")
    return ended


@dataclass
class _Desk:
    """One pass over some documents."""

    unit: UnitOfWork
    documents: Documents
    handovers: Handovers
    playbook: Playbook
    loaded: dict[UUID, Document]
    causes: dict[UUID, Cause] = field(default_factory=dict)

    async def sort(self, known: dict[UUID, Document], *, open_if_none: bool) -> None:
        """Place what has no place yet, call off what is over, and write it all down."""
        found = await self._find(known.values())
        places: dict[UUID, list[Document]] = defaultdict(list)
        over: dict[UUID, set[UUID]] = defaultdict(set)
        homeless = []
        for document in known.values():
            if document.state != "current" and document.task_id and document.handover_id:
                over[document.handover_id].add(document.task_id)
            if document.state != "current" or document.handover_id is not None:
                continue
            place = _place(document, known, found)
            if place is not None:
                places[place].append(document)
            elif reading.must_be_read(document, self.playbook):
                homeless.append(document)
        ledger = Ledger(self.unit, self.handovers, self.playbook)
        placed = await self._read_in(ledger, places, over)
        for document in homeless:
            if open_if_none:
                fact, task_id = reading.open_for(document, self.unit.now, self.playbook, new_id)
                ledger.open(fact, self._cause([document], ()))
                placed.append(_at(document, fact.handover.handover_id, task_id))
            else:
                wait = reading.SETTLING / self.playbook.divisor
                self.unit.set_timer(UNCLAIMED, document.document_id, self.unit.now + wait)
        await ledger.write()
        changed = {**known, **{one.document_id: one for one in placed}}
        await self.documents.save(
            self.unit.connection,
            [one for key, one in changed.items() if one != self.loaded[key]],
        )

    async def _read_in(
        self, ledger: Ledger, places: dict[UUID, list[Document]], over: dict[UUID, set[UUID]]
    ) -> list[Document]:
        locked = await self.handovers.lock_many(self.unit.connection, {*places, *over})
        placed = []
        for handover_id, loaded in locked.items():
            asked = [one for one in places[handover_id] if reading.must_be_read(one, self.playbook)]
            fact, tasks = reading.read_in(
                loaded.whole, asked, over[handover_id], self.unit.now, self.playbook, new_id
            )
            if fact is not None:
                ledger.change(loaded, [fact], self._cause(asked, over[handover_id]))
            placed += [
                _at(one, handover_id, tasks.get(one.document_id)) for one in places[handover_id]
            ]
        return placed

    def _cause(self, asked: Sequence[Document], over: Collection[UUID]) -> Cause:
        """The event that brought it about; for what waited, the document itself."""
        ended = (one for one in self.loaded.values() if one.task_id in over)
        document = next(iter((*asked, *ended)))
        waited = Cause(document.correlation_id, document.document_id)
        return self.causes.get(document.document_id, waited)

    async def _find(self, documents: Iterable[Document]) -> list[Found]:
        looking = [one for one in documents if one.state == "current" and one.handover_id is None]
        if not looking:
            return []
        connection = self.unit.connection
        spells = {one.spell_id for one in looking if one.spell_id}
        patients = {one.patient_key for one in looking if one.spell_id is None}
        found = await self.handovers.of_spells(connection, spells) if spells else []
        found += await self.handovers.of_patients(connection, patients) if patients else []
        return [one for one in found if one.state == "open"]


def _place(document: Document, known: dict[UUID, Document], found: Sequence[Found]) -> UUID | None:
    """The open handover where a document belongs: with the one it replaces, with its stay, with its patient."""
    before = known.get(document.replaces) if document.replaces else None
    fitting = [one for one in found if _fits(document, one)]
    if before is not None and any(one.handover_id == before.handover_id for one in fitting):
        return before.handover_id
    discharges = [one for one in fitting if one.purpose == "discharge"]
    return next((one.handover_id for one in reversed(discharges or fitting)), None)


def _fits(document: Document, found: Found) -> bool:
    if document.spell_id is not None:
        return found.spell_id == document.spell_id
    return found.patient_key == document.patient_key


def _at(document: Document, handover_id: UUID, task_id: UUID | None) -> Document:
    return replace(document, handover_id=handover_id, task_id=task_id)
