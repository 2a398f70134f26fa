import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document import DocumentReceived, DocumentWithdrawn
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.discharge.domain.business_answer import business_answer
from services.discharge.domain.document import Address, Document, Filed
from services.discharge.domain.message import ACCEPTED, Incoming, Outcome, Sender
from services.discharge.domain.patient import Patient
from services.discharge.usecases.document_ports import Answered, NewDocument
from services.discharge.usecases.file_documents import Arrived, Files

NOW = datetime(2026, 9, 8, 14, 0, tzinfo=UTC)


def written(reference: str, replaces: str = "", hours: int = 0, **changes: Any) -> Document:
    document = Document(
        reference=reference,
        replaces=replaces,
        sender="ZTA",
        recipient="Z90001",
        for_action=True,
        code="373942005",
        title="Discharge summary",
        authored_at=NOW + timedelta(hours=hours),
        discharged_at=None,
        sections=(),
        attachments=(),
    )
    return replace(document, **changes)


@dataclass
class Shelf:
    """The table, in memory; every batch is one transaction."""

    filed: dict[UUID, Filed] = field(default_factory=dict)
    told: list[DocumentReceived | DocumentWithdrawn] = field(default_factory=list)
    streams: dict[str, list[int]] = field(default_factory=dict)

    async def load(self, connection: Any, addresses: Collection[Address]) -> list[Filed]:
        return list(self.filed.values())

    async def save(
        self, connection: Any, new: Sequence[NewDocument], changed: Sequence[Filed]
    ) -> None:
        for each in (*(one.filed for one in new), *changed):
            self.filed[each.document_id] = each

    async def answered(self, connection: Any, message_id: UUID) -> Answered | None:
        raise NotImplementedError

    async def receive(self, *documents: Document) -> list[int]:
        """Response codes, 0 for what was filed."""
        unit = UnitOfWork(cast("Any", None), "discharge", NOW)
        batch = [_incoming(document) for document in documents]
        fresh = [(incoming, ACCEPTED) for incoming in batch]
        files = await Files.open(unit, self, fresh)
        outcomes = [Outcome(each.message_id, NOW, ACCEPTED) for each in batch]
        outcomes, judged = files.judge(outcomes, fresh)
        answers = [answer for _, answer in judged]
        assert [outcome.answer for outcome in outcomes] == answers
        arrived = [
            Arrived(incoming, Patient("key of Edna"), None, Cause(uuid4(), incoming.message_id))
            for incoming, answer in zip(batch, answers, strict=True)
            if answer is ACCEPTED
        ]
        await files.file(unit, self, arrived)
        for letter in unit.letters:
            kind = (
                DocumentReceived if letter.envelope.type.endswith("received") else DocumentWithdrawn
            )
            self.told.append(cast("Any", kind.from_bytes(letter.body)))
            self.streams.setdefault(letter.envelope.stream, []).append(letter.envelope.sequence)
        return [answer.error for answer in answers]

    def currents(self) -> list[str]:
        return [each.reference for each in self.filed.values() if each.state == "current"]

    def standing(self) -> list[UUID]:
        """What a listener takes for current, from what was said alone."""
        standing: list[UUID] = []
        for event in self.told:
            gone = event.replaces if isinstance(event, DocumentReceived) else event.document_id
            standing = [each for each in standing if each != gone]
            if isinstance(event, DocumentReceived):
                standing.append(event.document_id)
        return standing


def _incoming(document: Document) -> Incoming:
    message_id = uuid4()
    return Incoming(
        message_id=message_id,
        received_at=NOW,
        sender=Sender("itk3", "ZTA", "", message_id.hex),
        arrived_by="http",
        handed_in_by="fellside",
        event="ITK003D",
        body=b"",
        digest=b"",
        answer=ACCEPTED,
        statement=None,
        flags=(),
        read_seconds=0.0,
        document=document,
    )


async def test_a_replacement_takes_the_place_of_its_original() -> None:
    shelf = Shelf()

    await shelf.receive(written("D1"))
    await shelf.receive(written("D2", "D1", hours=1))

    first, second = shelf.told
    assert isinstance(second, DocumentReceived)
    assert second.replaces == first.document_id
    assert shelf.currents() == ["D2"]


async def test_an_original_that_arrives_late_is_archived_and_nothing_is_said_of_it() -> None:
    shelf = Shelf()

    await shelf.receive(written("D2", "D1", hours=1))
    await shelf.receive(written("D1"))

    assert [event.type for event in shelf.told] == ["document.received"]
    assert shelf.currents() == ["D2"]


async def test_a_document_in_the_middle_joins_two_ends() -> None:
    shelf = Shelf()

    await shelf.receive(written("D1"))
    await shelf.receive(written("D3", "D2", hours=2))
    await shelf.receive(written("D2", "D1", hours=1))

    assert [event.type for event in shelf.told] == ["document.received"] * 2 + [
        "document.withdrawn"
    ]
    assert shelf.currents() == ["D3"]
    assert len(shelf.standing()) == 1


async def test_the_same_document_in_another_message_is_a_duplicate() -> None:
    shelf = Shelf()

    assert await shelf.receive(written("D1")) == [0]
    assert await shelf.receive(written("D1", title="Another text")) == [20008]
    assert await shelf.receive(written("D2"), written("D2")) == [0, 20008]


async def test_one_document_may_go_to_two_recipients() -> None:
    shelf = Shelf()

    codes = await shelf.receive(written("D1"), written("D1", recipient="ZTC", for_action=False))

    assert codes == [0, 0]
    assert len(shelf.told) == 2


async def test_a_document_that_was_never_right_takes_back_what_it_replaces() -> None:
    shelf = Shelf()

    await shelf.receive(written("D1"))
    await shelf.receive(written("D2", "D1", hours=1, void=True))

    assert [event.type for event in shelf.told] == ["document.received", "document.withdrawn"]
    assert shelf.told[-1] == DocumentWithdrawn(
        patient_key="key of Edna",
        document_id=shelf.told[0].document_id,
        withdrawn_at=NOW,
        reason="entered-in-error",
    )
    assert shelf.currents() == []


async def test_replacements_that_go_round_in_a_circle_are_refused() -> None:
    shelf = Shelf()

    await shelf.receive(written("D1", "D3"))
    await shelf.receive(written("D2", "D1"))

    assert await shelf.receive(written("D3", "D2")) == [20014]


SETS = {
    "a chain": [written("D1"), written("D2", "D1", 1), written("D3", "D2", 2)],
    "two rivals": [written("D1"), written("D2", "D1", 1), written("D3", "D1", 2)],
    "rivals without an original": [written("D2", "D1", 1), written("D3", "D1", 2)],
    "a clock that runs backwards": [written("D1", "", 5), written("D2", "D1", 1)],
    "a rival that is continued": [
        written("D1"),
        written("D2", "D1", 3),
        written("D3", "D1", 2),
        written("D4", "D2", 1),
    ],
}


@pytest.mark.parametrize("documents", SETS.values(), ids=SETS.keys())
async def test_any_order_of_arrival_gives_the_same_current_document(
    documents: list[Document],
) -> None:
    found = set()
    for order in permutations(documents):
        shelf = Shelf()
        for document in order:
            await shelf.receive(document)
        found.add(tuple(shelf.currents()))
        _agrees(shelf)
    assert len(found) == 1


@st.composite
def families(draw: st.DrawFn) -> list[Document]:
    count = draw(st.integers(1, 6))
    return [
        written(
            f"D{number}",
            f"D{draw(st.integers(0, number - 1))}" if draw(st.booleans()) and number else "",
            draw(st.integers(0, 3)),
            void=draw(st.integers(0, 9)) == 0,
        )
        for number in range(count)
    ]


@given(families(), st.randoms(use_true_random=False), st.lists(st.integers(1, 3), max_size=8))
def test_any_order_and_any_batches_give_the_same_documents(
    documents: list[Document], random: Any, sizes: list[int]
) -> None:
    async def receive(order: list[Document], sizes: list[int]) -> Shelf:
        shelf, left = Shelf(), list(order)
        for size in [*sizes, *[1] * len(order)]:
            batch, left = left[:size], left[size:]
            await shelf.receive(*batch)
        _agrees(shelf)
        return shelf

    shuffled = list(documents)
    random.shuffle(shuffled)
    one = asyncio.run(receive(documents, []))
    other = asyncio.run(receive(shuffled, sizes))

    states = [
        sorted((each.reference, each.state == "current") for each in shelf.filed.values())
        for shelf in (one, other)
    ]
    assert states[0] == states[1]


def _agrees(shelf: Shelf) -> None:
    """Listeners know what the table knows, from streams without a gap."""
    current = {each.document_id for each in shelf.filed.values() if each.state == "current"}
    assert set(shelf.standing()) == current
    assert all(numbers in ([1], [1, 2]) for numbers in shelf.streams.values())


@pytest.mark.parametrize(
    ("described", "said", "code"),
    [
        ({"practice": "Z90001"}, {}, 30001),
        ({"practice": "Z90001", "deceased": True}, {}, 30004),
        ({"practice": "Z90002"}, {}, 30002),
        ({"practice": "Z90002"}, {"ZTA/itk3": {"practice": ("Z90001", "", "")}}, 30003),
        ({}, {}, 30002),
    ],
)
def test_the_business_answer_says_whether_the_practice_has_the_patient(
    described: dict[str, Any], said: Any, code: int
) -> None:
    assert business_answer(written("D1", wants_answer=True), described, said) == code


def test_nobody_is_told_what_they_did_not_ask_or_we_cannot_say() -> None:
    known = {"practice": "Z90001"}

    assert business_answer(written("D1"), known, {}) is None
    assert business_answer(written("D1", wants_answer=True, recipient="ZTC"), known, {}) is None
