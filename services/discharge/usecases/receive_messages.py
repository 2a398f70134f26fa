"""Receive messages: store each as it came, take in what is new, answer a resend as before."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.identity import Identity, KeyOf, identify
from services.discharge.domain.message import (
    CLASH,
    Answer,
    Incoming,
    Known,
    Outcome,
    Sender,
    clashes,
    earlier,
)
from services.discharge.domain.statement import Statement
from services.discharge.usecases.books import Books
from services.discharge.usecases.document_ports import Documents
from services.discharge.usecases.file_documents import Arrived, Files
from services.discharge.usecases.hear_replies import hear_replies
from services.discharge.usecases.ports import Kept, Messages, Patients, Spells
from services.discharge.usecases.take_in import Effect, stays_of, take_in

_AT_A_STRETCH = 16


@dataclass(frozen=True, slots=True)
class Stores:
    """Where messages, patients and stays are kept."""

    messages: Messages
    patients: Patients
    spells: Spells
    documents: Documents


async def receive_messages(
    batch: Sequence[Incoming], unit: UnitOfWork, stores: Stores, key_of: KeyOf
) -> list[Outcome]:
    """Receive a batch in one transaction, with the same number of statements whatever its size.

    The outcomes are in the order of the batch; they hold once the transaction is committed.
    """
    known = await stores.messages.known(
        unit.connection, [(incoming.sender, incoming.digest) for incoming in batch]
    )
    outcomes, fresh = _judge(batch, known)
    files = await Files.open(unit, stores.documents, fresh)
    outcomes, fresh = files.judge(outcomes, fresh)
    outcomes, fresh = await hear_replies(unit, stores.documents, outcomes, fresh)
    acting = [
        (incoming, incoming.statement, identify(incoming.statement, key_of))
        for incoming, answer in fresh
        if incoming.statement is not None and answer.code == "AA"
    ]
    books = await _open_books(acting, unit, stores)
    effects = await _in_turns(acting, books, unit)
    written = await files.file(unit, stores.documents, _arrived(acting, effects, books))
    kept = []
    for incoming, answer in fresh:
        effect = effects.get(incoming.message_id)
        if effect is None:
            kept.append(Kept(incoming, answer, answer is CLASH, incoming.flags))
            continue
        kept.append(
            Kept(
                incoming,
                answer,
                flags=tuple(dict.fromkeys((*incoming.flags, *effect.flags))),
                patient_key=effect.patient_key,
                spell_id=effect.spell_id,
                said=(*effect.said, *written.get(incoming.message_id, ())),
            )
        )
    await _save(books, kept, unit, stores)
    return outcomes


async def _in_turns(
    acting: Sequence[tuple[Incoming, Statement, Identity]], books: Books, unit: UnitOfWork
) -> dict[UUID, Effect]:
    """Take each in; everybody else in the process gets a turn now and then."""
    effects = {}
    for place, (incoming, statement, identity) in enumerate(acting, 1):
        effects[incoming.message_id] = take_in(
            books,
            statement,
            identity,
            incoming.message_id,
            unit,
            snapshot=incoming.sender.dialect == "fhir",
        )
        if place % _AT_A_STRETCH == 0:
            await asyncio.sleep(0)
    return effects


def _judge(
    batch: Sequence[Incoming], stored: Mapping[Sender, list[Known]]
) -> tuple[list[Outcome], list[tuple[Incoming, Answer]]]:
    """What each sender is told, and which messages are new; earlier ones of the batch count as known."""
    known = defaultdict(list, {sender: list(found) for sender, found in stored.items()})
    outcomes: list[Outcome] = []
    fresh: list[tuple[Incoming, Answer]] = []
    for incoming in batch:
        before = known[incoming.sender]
        same = earlier(incoming, before)
        if same is not None:
            outcomes.append(Outcome(same.message_id, same.received_at, same.answer, repeated=True))
            continue
        clash = clashes(incoming, before)
        answer = CLASH if clash else incoming.answer
        fresh.append((incoming, answer))
        outcomes.append(Outcome(incoming.message_id, incoming.received_at, answer, clash=clash))
        before.append(Known(incoming.message_id, incoming.received_at, incoming.digest, answer))
    return outcomes, fresh


Acting = Sequence[tuple[Incoming, Statement, Identity]]


def _arrived(acting: Acting, effects: Mapping[UUID, Effect], books: Books) -> list[Arrived]:
    """The documents of the batch, with whom and what they turned out to be about."""
    arrived = []
    for incoming, _, _ in acting:
        if incoming.document is not None:
            effect = effects[incoming.message_id]
            patient = books.record(books.root(effect.patient_key))
            arrived.append(Arrived(incoming, patient, effect.spell_id, effect.cause))
    return arrived


async def _open_books(acting: Acting, unit: UnitOfWork, stores: Stores) -> Books:
    """Load what the batch is about.

    Stays are locked before records of persons, each in order, so that two batches hardly ever wait for each other.
    """
    local = {
        key
        for _, _, identity in acting
        for key in (*identity.local_keys, *identity.former_local_keys)
    }
    aliases = await stores.patients.aliases(unit.connection, local)
    places = {place for _, said, _ in acting for place in stays_of(said)}
    spells = await stores.spells.load(unit.connection, places)
    people = {key for _, _, who in acting for key in (who.nhs_key, who.former_nhs_key) if key}
    people |= local
    people |= {alias.patient_key for alias in aliases.values()}
    people |= {spell.home_key for spell in spells}
    patients = await stores.patients.load(unit.connection, people)
    books = Books.open(aliases, patients, spells)
    restless = _restless(acting, books)
    if restless:
        loaded = {spell.spell_id for spell in spells}
        more = await stores.spells.load_of(unit.connection, restless)
        books = Books.open(
            aliases, patients, [*spells, *(m for m in more if m.spell_id not in loaded)]
        )
    return books


def _restless(acting: Acting, books: Books) -> set[str]:
    """Records known before of which the batch may say something that their other stays hand over too."""
    keys: set[str] = set()
    for _, statement, identity in acting:
        named = {*identity.local_keys, *identity.former_local_keys}
        named |= {books.aliases[key].patient_key for key in named if key in books.aliases}
        named |= {key for key in (identity.nhs_key, identity.former_nhs_key) if key}
        roots = {books.root(key) for key in named if key in books.patients}
        if not roots:
            continue
        words = statement.person.words
        described = [books.patients[root].described for root in roots]
        if (
            len(roots) > 1
            or statement.happening in {"merged", "parted"}
            or any(
                name in words and words[name] != known.get(name)
                for name in ("practice", "pharmacy")
                for known in described
            )
            or any(statement.test_patient and not known.get("test_patient") for known in described)
            or (identity.nhs_key and identity.nhs_key not in roots)
        ):
            keys |= roots
            keys |= {each.patient_key for root in roots for each in books.group(root)}
    return keys


async def _save(books: Books, kept: Sequence[Kept], unit: UnitOfWork, stores: Stores) -> None:
    await stores.messages.keep(unit.connection, kept)
    patients = books.changed_patients.values()
    await stores.patients.save(
        unit.connection,
        [each for each in patients if each.patient_key not in books.stored_patients],
        [each for each in patients if each.patient_key in books.stored_patients],
        books.changed_aliases,
    )
    spells = books.changed_spells.values()
    await stores.spells.save(
        unit.connection,
        [each for each in spells if each.spell_id not in books.stored_spells],
        [each for each in spells if each.spell_id in books.stored_spells],
    )
