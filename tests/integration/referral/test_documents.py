"""A document is heard: somebody must read it, once, whatever arrives first (S01, S11, R73)."""

from schemas.handover import HandoverOpened, HandoverReplanned
from services.chassis.ids import new_id
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    PHARMACY,
    PLACE,
    WARD,
    discharged,
    key_of,
)
from tests.integration.referral.papers import a_document, accept, let_discharges_stay_away, reading


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
