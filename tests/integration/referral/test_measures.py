"""A team sees how long its care takes, and nobody sees a person in a small number."""

import csv
import io

import pytest

from tests.integration.referral.conftest import COMMUNITY, EDNA, ELM_TREE, discharged, key_of

NUMBERS = ["9995000105", "9995000172", "9995000245", "9995000318", "9995000385", "9995000458"]


async def many(house, count: int) -> None:
    """So many people go home, and Elm Tree accepts each two hours after they left, and is done at five."""
    for place in range(count):
        await house.hear(discharged(NUMBERS[place % len(NUMBERS)]))
    async with house.client() as anybody:
        for row in await house.pool.fetch("SELECT offer_id FROM offers WHERE team = $1", ELM_TREE):
            await anybody.post(f"/offers/{row['offer_id']}/accept")
        for row in await house.pool.fetch("SELECT offer_id FROM offers WHERE team = $1", COMMUNITY):
            await anybody.post(f"/offers/{row['offer_id']}/decline", json={"reason": "no-capacity"})
    await house.pool.execute(
        """
        UPDATE offers o SET answered_at = h.clock_started_at + interval '2 hours'
        FROM handovers h WHERE h.handover_id = o.handover_id AND o.state = 'accepted'
        """
    )
    await house.pool.execute(
        "UPDATE handovers SET clock_started_at = clock_started_at - interval '3 hours'"
    )
    await house.pool.execute(
        """
        UPDATE offers o SET answered_at = h.clock_started_at + interval '2 hours'
        FROM handovers h WHERE h.handover_id = o.handover_id AND o.state = 'accepted'
        """
    )


def rows_of(answer) -> dict[str, dict[str, str]]:
    return {f"{row['measure']}/{row['sender']}/{row['week']}": row for row in answer["rows"]}


async def test_a_team_reads_how_long_it_took_to_accept(house):
    await many(house, 6)

    async with house.client(ELM_TREE) as practice:
        rows = rows_of((await practice.get("/measures.json")).json())

    everybody = rows["acceptance/Everybody/"]
    assert (everybody["count"], everybody["median_hours"]) == ("6", "2.0")
    assert rows["acceptance/Ward 7, Fellside Hospital/"]["ninetieth_hours"] == "2.0"
    assert rows["Accepted//"]["count"] == "6"


async def test_what_a_team_declined_is_counted_with_its_reason(house):
    await many(house, 6)

    async with house.client(COMMUNITY) as nurses:
        rows = rows_of((await nurses.get("/measures.json")).json())

    assert rows["Declined//"]["count"] == "6"
    assert rows["We cannot take this on in the time it needs//"]["count"] == "6"


async def test_a_figure_about_four_people_is_not_shown(house):
    await many(house, 4)

    async with house.client(ELM_TREE) as practice:
        table = (await practice.get("/measures.csv")).text

    rows = list(csv.DictReader(io.StringIO(table)))
    accepted = [row for row in rows if row["measure"] == "acceptance"]
    assert accepted
    assert {row["count"] for row in accepted} == {"fewer than 5"}
    assert {row["median_hours"] for row in accepted} == {""}
    assert key_of(EDNA) not in table


@pytest.mark.parametrize("path", ["/measures.json", "/measures.csv"])
async def test_a_team_reads_only_its_own_figures(house, path):
    async with house.client(ELM_TREE) as practice:
        assert (await practice.get(path, params={"team": COMMUNITY})).status_code == 404
        assert (await practice.get(path, params={"team": ELM_TREE})).status_code == 200


async def test_test_patients_and_withdrawn_handovers_are_no_care_that_took_time(house):
    await many(house, 6)
    await house.pool.execute("UPDATE handovers SET test_patient = true")

    async with house.client(ELM_TREE) as practice:
        rows = (await practice.get("/measures.json")).json()["rows"]

    assert not [row for row in rows if row["measure"] == "acceptance"]


async def test_the_page_says_in_words_what_the_chart_shows(house):
    await many(house, 6)
    reader = await house.visitor("staff-elm-tree")

    page = (await reader.get("/measures")).text

    assert "Until your team accepted" in page
    assert "At least six weeks are needed" in page
    assert "2.0 hours" in page
