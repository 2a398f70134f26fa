"""A document is heard: somebody must read it, once, whatever arrives first (S01, S11, R73)."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from schemas.document import DocumentReceived, DocumentSection, DocumentWithdrawn
from schemas.handover import HandoverOpened, HandoverReplanned
from schemas.spell import SpellDischargeCancelled
from services.chassis.ids import new_id
from services.referral.usecases.read_documents import UNCLAIMED
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    PHARMACY,
    PLACE,
    WARD,
    House,
    discharged,
    key_of,
)

PLAN = "GP to repeat U&E in 1 week"


def a_document(spell_id: UUID | None = None, **changes: Any) -> DocumentReceived:
    """Fellside's discharge summary of Edna, for Elm Tree Surgery."""
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "patient_key": key_of(EDNA),
        "document_id": new_id(),
        "spell_id": spell_id,
        "sender": "ZTA",
        "recipient": "Z90001",
        "for_action": True,
        "code": "373942005",
        "title": "Discharge summary",
        "authored_at": now,
        "received_at": now,
        "discharged_at": now - timedelta(hours=3),
        "sections": (
            DocumentSection(code="887181000000106", title="Clinical summary", text="A fall."),
            DocumentSection(code="887201000000105", title="Plan and requested actions", text=PLAN),
        ),
        "attachments": 1,
    }
    return DocumentReceived(**given | changes)


def withdrawn(document: DocumentReceived) -> DocumentWithdrawn:
    return DocumentWithdrawn(
        patient_key=document.patient_key,
        document_id=document.document_id,
        withdrawn_at=datetime.now(UTC),
        reason="entered-in-error",
    )


async def reading(house: House) -> list[tuple[str, str, str]]:
    """Status, owner and reason of each task to read a document, the oldest first."""
    rows = await house.pool.fetch(
        "SELECT status, owner_team, status_reason FROM tasks WHERE rule_id = 'read-document' ORDER BY task_id"
    )
    return [(row["status"], row["owner_team"], row["status_reason"]) for row in rows]


async def let_discharges_stay_away(house: House) -> None:
    await house.pool.execute(
        "UPDATE timers SET due_at = clock_timestamp() - interval '1 minute' WHERE kind = $1",
        UNCLAIMED,
    )
    await house.ring()


async def accept(house: House, team: str) -> None:
    offer = await house.pool.fetchval(
        "SELECT offer_id FROM offers WHERE team = $1 AND state = 'offered'", team
    )
    async with house.client(team) as practice:
        answer = await practice.post(
            f"/offers/{offer}/accept", headers={"Idempotency-Key": str(new_id())}
        )
    assert answer.status_code == 200, answer.text


async def test_a_summary_becomes_one_task_of_the_practice_and_nothing_clinical(house):
    event = discharged()
    handover_id = await house.open(event)

    await house.hear(a_document(event.spell_id))

    assert await reading(house) == [("requested", WARD, "")]
    [replanned] = await house.said(HandoverReplanned)
    assert replanned.handover_id == handover_id
    assert replanned.reason == "document-received"
    assert [task.code for task in replanned.tasks] == ["read-and-extract"]
    assert replanned.offers == ()
    codes = await house.pool.fetch("SELECT DISTINCT code FROM tasks")
    assert not any("repeat" in row["code"] for row in codes)


async def test_it_waits_in_the_offer_that_the_practice_has_already(house):
    event = discharged()
    await house.open(event)
    await house.hear(a_document(event.spell_id))

    offers = await house.pool.fetch(
        "SELECT o.team FROM offers o JOIN tasks t USING (offer_id) WHERE t.rule_id = 'read-document'"
    )
    assert [row["team"] for row in offers] == [ELM_TREE]
    count = await house.pool.fetchval("SELECT count(*) FROM offers WHERE team = $1", ELM_TREE)
    assert count == 1


async def test_a_document_before_its_discharge_ends_as_one_after_it(house):
    event = discharged()

    await house.hear(a_document(event.spell_id))
    assert await reading(house) == []
    await house.hear(event)
    await let_discharges_stay_away(house)

    assert await reading(house) == [("requested", WARD, "")]
    assert await house.pool.fetchval("SELECT count(*) FROM handovers") == 1


async def test_a_document_and_its_discharge_may_arrive_together(house):
    event = discharged()

    await house.hear(a_document(event.spell_id), event)

    assert await reading(house) == [("requested", WARD, "")]
    assert await house.pool.fetchval("SELECT count(*) FROM handovers") == 1


async def test_a_document_whose_discharge_never_comes_gets_an_owner_all_the_same(house):
    await house.hear(a_document(new_id()))
    await let_discharges_stay_away(house)

    [opened] = await house.said(HandoverOpened)
    assert opened.coordinator_team == WARD
    assert [offer.team for offer in opened.offers] == [ELM_TREE]
    assert [task.code for task in opened.tasks] == ["read-and-extract"]
    assert await reading(house) == [("requested", WARD, "")]


async def test_without_a_stay_it_goes_to_the_patients_open_handover(house):
    await house.open(discharged())

    await house.hear(a_document(None))

    assert await reading(house) == [("requested", WARD, "")]
    assert await house.pool.fetchval("SELECT count(*) FROM handovers") == 1


async def test_a_replacement_takes_over_the_task(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    await house.hear(first)

    await house.hear(a_document(event.spell_id, replaces=first.document_id))

    assert await reading(house) == [
        ("cancelled", WARD, "document-replaced"),
        ("requested", WARD, ""),
    ]
    states = await house.pool.fetch("SELECT state FROM documents ORDER BY document_id")
    assert [row["state"] for row in states] == ["replaced", "current"]


async def test_a_practice_that_accepted_gets_the_replacement_at_once(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    await house.hear(first)
    await accept(house, ELM_TREE)

    await house.hear(a_document(event.spell_id, replaces=first.document_id))

    assert await reading(house) == [
        ("cancelled", ELM_TREE, "document-replaced"),
        ("accepted", ELM_TREE, ""),
    ]
    count = await house.pool.fetchval("SELECT count(*) FROM offers WHERE team = $1", ELM_TREE)
    assert count == 1


async def test_what_was_read_stays_read_and_the_replacement_is_read_again(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    await house.hear(first)
    await accept(house, ELM_TREE)
    task = (await house.task("read-document"))["task_id"]
    async with house.client(ELM_TREE) as practice:
        done = await practice.post(
            f"/tasks/{task}/complete",
            json={"reason": "U&E booked"},
            headers={"Idempotency-Key": str(new_id())},
        )
    assert done.status_code == 200, done.text

    await house.hear(a_document(event.spell_id, replaces=first.document_id))

    statuses = [status for status, _, _ in await reading(house)]
    assert statuses == ["completed", "requested"]


async def test_an_original_that_is_heard_after_its_replacement_asks_for_nothing(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    second = a_document(event.spell_id, replaces=first.document_id)

    await house.hear(second)
    await house.hear(first)

    assert await reading(house) == [("requested", WARD, "")]
    state = await house.pool.fetchval(
        "SELECT state FROM documents WHERE document_id = $1", first.document_id
    )
    assert state == "replaced"


async def test_any_order_of_discharge_document_and_replacement_ends_with_one_open_task(house):
    for order in permutations(range(3)):
        event = discharged()
        first = a_document(event.spell_id)
        events = [
            event,
            first,
            a_document(event.spell_id, replaces=first.document_id),
        ]
        for number in order:
            await house.hear(events[number])

    rows = await house.pool.fetch(
        """
        SELECT h.spell_id, count(*) AS tasks FROM handovers h JOIN tasks t USING (handover_id)
        WHERE t.rule_id = 'read-document' AND t.closed_at IS NULL GROUP BY h.spell_id
        """
    )
    assert [row["tasks"] for row in rows] == [1] * 6
    assert await house.parked() == []


async def test_a_document_that_is_taken_back_asks_for_nothing_any_more(house):
    event = discharged()
    await house.open(event)
    document = a_document(event.spell_id)
    await house.hear(document)

    await house.hear(withdrawn(document))

    assert await reading(house) == [("cancelled", WARD, "document-withdrawn")]


async def test_a_handover_that_was_there_for_a_document_only_ends_with_it(house):
    document = a_document(new_id())
    await house.hear(document)
    await let_discharges_stay_away(house)

    await house.hear(withdrawn(document))

    assert await house.pool.fetchval("SELECT state FROM handovers") == "withdrawn"


async def test_a_copy_for_information_is_kept_and_asks_nobody(house):
    event = discharged()
    handover_id = await house.open(event)

    await house.hear(a_document(event.spell_id, for_action=False))
    await house.hear(a_document(None, for_action=False, patient_key=key_of("9995000172")))
    await let_discharges_stay_away(house)

    assert await reading(house) == []
    places = await house.pool.fetch("SELECT handover_id FROM documents ORDER BY document_id")
    assert [row["handover_id"] for row in places] == [handover_id, None]


async def test_a_recipient_that_nobody_knows_is_looked_for_by_the_place(house):
    event = discharged()
    await house.open(event)

    await house.hear(a_document(event.spell_id, recipient="V81999"))

    team = await house.pool.fetchval(
        "SELECT o.team FROM offers o JOIN tasks t USING (offer_id) WHERE t.rule_id = 'read-document'"
    )
    assert team == PLACE


async def test_a_cancelled_discharge_takes_the_task_along_and_the_next_one_brings_it_back(house):
    event = discharged()
    await house.open(event)
    await house.hear(a_document(event.spell_id))

    await house.hear(
        SpellDischargeCancelled(
            patient_key=event.patient_key,
            spell_id=event.spell_id,
            cancelled_at=datetime.now(UTC),
            reason="discharge-cancelled",
        )
    )
    assert await reading(house) == [("cancelled", WARD, "discharge-cancelled")]
    await house.hear(discharged(spell_id=event.spell_id))

    assert [status for status, _, _ in await reading(house)] == ["cancelled", "requested"]


async def test_the_same_document_twice_is_one_task(house):
    event = discharged()
    await house.open(event)
    arrival = house.arrival(a_document(event.spell_id))

    await house.take([arrival])
    await house.take([house.again(arrival)])

    assert len(await reading(house)) == 1


async def test_who_must_read_it_sees_the_text_and_nobody_else_does(house):
    event = discharged()
    await house.open(event)
    await house.hear(a_document(event.spell_id))
    await accept(house, ELM_TREE)
    task = (await house.task("read-document"))["task_id"]

    pages = {}
    for ref, team in (
        ("staff-elm-tree", ELM_TREE),
        ("staff-pharmacy", PHARMACY),
        ("staff-community", COMMUNITY),
    ):
        browser = await house.visitor(ref)
        pages[team] = (await browser.get(f"/worklist/tasks/{task}")).text

    assert "GP to repeat U&amp;E in 1 week" in pages[ELM_TREE]
    assert pages[ELM_TREE].index("Plan and requested actions") < pages[ELM_TREE].index("A fall.")
    for team in (PHARMACY, COMMUNITY):
        assert "GP to repeat" not in pages[team]
        assert "A fall." not in pages[team]


async def test_the_handover_lists_its_documents_without_their_text(house):
    event = discharged()
    handover_id = await house.open(event)
    await house.hear(a_document(event.spell_id, for_action=False, title="Copy of the summary"))

    browser = await house.visitor("staff-ward")
    page = (await browser.get(f"/worklist/handovers/{handover_id}")).text

    assert "Copy of the summary" in page
    assert "For information" in page
    assert "GP to repeat" not in page


async def test_a_patient_who_is_erased_leaves_no_document(house):
    event = discharged()
    await house.open(event)
    await house.hear(a_document(event.spell_id), a_document(None, for_action=False))

    await house.take([house.record("care.patients.v1", key_of(EDNA), [], None)])

    assert await house.pool.fetchval("SELECT count(*) FROM documents") == 0
    assert [status for status, _, _ in await reading(house)] == ["requested"]


async def test_the_text_is_in_no_event_of_ours_and_in_no_log(house, capsys):
    event = discharged()
    await house.open(event)
    await house.hear(a_document(event.spell_id))

    for said in await house.said():
        assert b"repeat" not in said.to_bytes()
    assert "repeat" not in "".join(capsys.readouterr())
