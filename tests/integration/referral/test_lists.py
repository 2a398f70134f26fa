"""Lists for other programs: what a team may see, in pages, narrowed by filters."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    HARBOUR,
    PHARMACY,
    SAFETY,
    TOM,
    WARD,
    after_asthma,
    described,
    discharged,
)


async def items(client, path, **params):
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_team_sees_its_own_and_nothing_else(house):
    edna, tom = await house.open(discharged()), await house.open(after_asthma())
    seen = {}

    for team in (WARD, ELM_TREE, HARBOUR, PHARMACY, SAFETY, "*", "operators"):
        async with house.client(team) as client:
            seen[team] = {
                "handovers": {row["handover_id"] for row in await items(client, "/handovers")},
                "offers": len(await items(client, "/offers")),
                "tasks": len(await items(client, "/tasks")),
            }

    both, one, other = {str(edna), str(tom)}, {str(edna)}, {str(tom)}
    assert seen == {
        WARD: {"handovers": both, "offers": 4, "tasks": 7},
        ELM_TREE: {"handovers": one, "offers": 1, "tasks": 1},
        HARBOUR: {"handovers": other, "offers": 1, "tasks": 2},
        PHARMACY: {"handovers": one, "offers": 1, "tasks": 1},
        SAFETY: {"handovers": set(), "offers": 0, "tasks": 0},
        "*": {"handovers": both, "offers": 4, "tasks": 7},
        "operators": {"handovers": both, "offers": 4, "tasks": 7},
    }


async def test_a_patient_is_found_by_a_number_that_is_in_no_address(house):
    await house.hear(discharged(), after_asthma(), described())

    async with house.client(WARD, **{"X-Patient-Identifier": "999 500 0105"}) as ward:
        edna = await items(ward, "/handovers")
    async with house.client(WARD, **{"X-Patient-Identifier": TOM}) as ward:
        toms_tasks = await items(ward, "/tasks")
    async with house.client(WARD, **{"X-Patient-Identifier": "not a number"}) as ward:
        refused = await ward.get("/tasks")

    assert [row["person"]["nhs_number"] for row in edna] == [EDNA]
    assert {row["rule"]["rule_id"] for row in toms_tasks} == {"R01", "R06", "R26"}
    assert (refused.status_code, refused.json()["code"]) == (400, "request.bad_patient_identifier")


async def test_lists_are_narrowed_by_state_team_and_deadline(house):
    await house.open()
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")

    async with house.client(WARD) as ward:
        tomorrow = (datetime.now(UTC) + timedelta(hours=25)).isoformat()
        rules = {
            "requested": {
                row["rule"]["rule_id"] for row in await items(ward, "/tasks", state="requested")
            },
            "soon": {
                row["rule"]["rule_id"] for row in await items(ward, "/tasks", due_before=tomorrow)
            },
            "open": {row["rule"]["rule_id"] for row in await items(ward, "/tasks", state="open")},
            "closed": {
                row["rule"]["rule_id"] for row in await items(ward, "/tasks", state="closed")
            },
        }
        accepted = await items(ward, "/offers", state="accepted")
        of_pharmacy = await items(ward, "/offers", team=PHARMACY)
        withdrawn = await items(ward, "/handovers", state="withdrawn")

    assert rules == {
        "requested": {"R09", "R14"},
        "soon": {"R01"},
        "open": {"R01", "R09", "R14"},
        "closed": set(),
    }
    assert [row["team"] for row in accepted] == [ELM_TREE]
    assert [row["team"] for row in of_pharmacy] == [PHARMACY]
    assert withdrawn == []


@pytest.mark.parametrize("path", ["/handovers", "/offers", "/tasks"])
async def test_pages_follow_each_other_without_gap_or_repeat(house, path):
    await house.hear(*(discharged() for _ in range(7)))

    async with house.client(WARD) as ward:
        everything = await items(ward, path, limit=100)
        walked, cursor = [], None
        while True:
            params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            page = (await ward.get(path, params=params)).json()
            walked += page["items"]
            cursor = page["next"]
            if cursor is None:
                break

    assert walked == everything
    assert len(everything) >= 7


async def test_a_cursor_of_somebody_elses_making_is_refused(house):
    async with house.client(WARD) as ward:
        answers = [
            await ward.get("/tasks", params={"cursor": cursor})
            for cursor in ("nonsense", "WzEsMl0", "bnVsbA", "e30")
        ]

    assert {answer.status_code for answer in answers} == {400}
    assert {answer.json()["code"] for answer in answers} == {"request.bad_cursor"}


async def test_a_handover_is_shown_whole(house):
    await house.hear(described(), discharged())
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")

    async with house.client(COMMUNITY) as community:
        whole = (await community.get(f"/handovers/{handover_id}")).json()

    assert whole["coordinator_team"] == WARD
    assert whole["person"]["family"] == "Hartley"
    assert len(whole["offers"]) == 3
    assert {task["rule"]["source"] for task in whole["tasks"]} >= {"NICE NG27"}
    assert {owner["team"] for owner in whole["owners"]} == {WARD}


async def test_a_browser_that_asks_for_a_handover_is_led_to_its_page(house):
    handover_id = await house.open()

    async with house.client(WARD, Accept="text/html,application/xhtml+xml") as browser:
        answer = await browser.get(f"/handovers/{handover_id}")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/worklist/handovers/{handover_id}"
