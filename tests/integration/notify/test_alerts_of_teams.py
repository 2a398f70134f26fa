"""What a team sees of its alerts, as JSON and as pages, and how it says that it has seen them."""

import re

import httpx2
import pytest

from schemas.alert import AlertAcknowledged
from tests.unit.notify.builders import COMMUNITY, ELM_TREE, PHARMACY
from tests.unit.notify.facts import accepted, described, escalated, opened, withdrawn


def knock(app, token="", **headers):
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://notify", headers=headers
    )


@pytest.fixture
async def practice(house):
    async with knock(house.app(), "token of the practice") as client:
        yield client


@pytest.fixture
async def visitor(house):
    """A browser, signed in as somebody of Elm Tree Surgery."""
    async with knock(house.app(), Accept="text/html") as client:
        answer = await client.post("/sign-in", data={"ref": "staff-elm-tree"})
        assert answer.status_code == 303
        yield client


async def alert_of(house, team):
    return await house.database.pool.fetchval("SELECT alert_id FROM alerts WHERE team = $1", team)


async def test_a_team_reads_its_own_alerts_and_nobody_elses(house, practice):
    await house.hear(described(), opened())

    (alert,) = (await practice.get("/alerts")).json()["alerts"]

    assert (alert["team"], alert["kind"], alert["task_count"]) == (ELM_TREE, "opened", 1)
    assert (await practice.get("/alerts", params={"team": PHARMACY})).json() == {"alerts": []}


async def test_who_serves_every_team_reads_all_of_them_but_not_the_patients(house):
    await house.hear(described(), opened())

    async with knock(house.app(), "token of everybody") as client:
        alerts = (await client.get("/alerts")).json()["alerts"]

    assert len(alerts) == 3
    assert all(alert["team"] for alert in alerts)


async def test_nothing_in_the_list_says_who_the_patient_is(house, practice):
    await house.hear(described(), opened())

    text = (await practice.get("/alerts")).text

    for private in ("Edna", "Hartley", "9995000105", "patient_key", "Mill Lane"):
        assert private not in text


async def test_what_bears_on_safety_comes_first_and_what_was_seen_last(house, practice):
    old, new = opened(), opened()
    await house.hear(old)
    await house.hear(new)
    await house.hear(escalated(old, ELM_TREE))
    first = (await practice.get("/alerts")).json()["alerts"]
    await practice.post(f"/alerts/{first[1]['alert_id']}/acknowledge")

    alerts = (await practice.get("/alerts")).json()["alerts"]

    assert [(alert["kind"], alert["handover_id"]) for alert in alerts] == [
        ("escalated", str(old.handover_id)),
        ("opened", str(old.handover_id)),
        ("opened", str(new.handover_id)),
    ]
    assert [bool(alert["acknowledged_at"]) for alert in alerts] == [False, False, True]


async def test_an_alert_is_seen_once_however_often_it_is_said(house, practice):
    await house.hear(opened())
    path = f"/alerts/{await alert_of(house, ELM_TREE)}/acknowledge"

    answers = [await practice.post(path, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    answers.append(await practice.post(path, headers={"Idempotency-Key": "k2"}))

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    (said,) = await house.said(AlertAcknowledged)
    assert (said.team, said.acknowledged_by) == (ELM_TREE, "api-elm")


async def test_seen_before_sent_counts_the_stream_without_a_gap(house, practice):
    await house.hear(opened())
    alert_id = await alert_of(house, ELM_TREE)
    await practice.post(f"/alerts/{alert_id}/acknowledge")
    await house.deliver()

    rows = await house.database.pool.fetch(
        "SELECT type, sequence FROM outbox WHERE stream = $1 ORDER BY sequence", f"alert:{alert_id}"
    )
    assert [tuple(row) for row in rows] == [("alert.acknowledged", 1), ("alert.sent", 2)]


async def test_the_alert_of_another_team_or_of_a_patient_is_not_there(house, practice):
    await house.hear(described(), opened())

    for team in (PHARMACY, ""):
        answer = await practice.post(f"/alerts/{await alert_of(house, team)}/acknowledge")
        assert answer.status_code == 404
        assert answer.json()["code"] == "alert.not_found"
    assert await house.said(AlertAcknowledged) == []


async def test_an_alert_that_was_taken_back_is_not_listed_and_cannot_be_seen(house, practice):
    handover = opened()
    await house.hear(handover)
    alert_id = await alert_of(house, ELM_TREE)
    await house.hear(withdrawn(handover))

    answer = await practice.post(f"/alerts/{alert_id}/acknowledge")

    assert (answer.status_code, answer.json()["code"]) == (409, "alert.withdrawn")
    assert (await practice.get("/alerts")).json() == {"alerts": []}


@pytest.mark.parametrize(
    ("token", "status"), [("", 401), ("nonsense", 401), ("token of a hospital", 403)]
)
async def test_who_may_not_see_alerts_does_not(house, token, status):
    async with knock(house.app(), token) as client:
        assert (await client.get("/alerts")).status_code == status


async def test_a_long_list_comes_in_pieces(house, practice):
    for _ in range(3):
        await house.hear(opened())

    first = (await practice.get("/alerts", params={"limit": 2})).json()["alerts"]
    rest = (await practice.get("/alerts", params={"limit": 2, "offset": 2})).json()["alerts"]

    assert (len(first), len(rest)) == (2, 1)
    assert (await practice.get("/alerts", params={"limit": 100_000})).status_code == 422


async def test_the_front_page_leads_a_stranger_to_sign_in_and_a_member_to_the_alerts(
    house, visitor
):
    async with knock(house.app(), Accept="text/html") as stranger:
        answer = await stranger.get("/alerts-inbox")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")

    assert (await visitor.get("/")).headers["location"] == "/alerts-inbox"


async def test_the_inbox_shows_what_wants_attention_in_words(house, visitor):
    handover = opened()
    await house.hear(described(), handover)
    await house.deliver()
    await house.hear(accepted(handover), escalated(handover, ELM_TREE))

    html = (await visitor.get("/alerts-inbox")).text

    assert html.count("<h1") == 1
    assert re.search(
        r"Deadline passed, task still open.*New handover: 1 task asked of you", html, re.DOTALL
    )
    assert "E-mail sent" in html
    assert "Elm Tree Surgery" in html
    assert f"http://127.0.0.1:8002/handovers/{handover.handover_id}" in html
    assert "Station Road Pharmacy" not in html
    assert "Hartley" not in html


async def test_a_member_says_on_the_page_that_the_team_has_seen_it(house, visitor):
    await house.hear(opened())
    html = (await visitor.get("/alerts-inbox")).text
    path = re.search(r'action="(/alerts-inbox/[^"]+/acknowledge)"', html).group(1)
    key = re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)

    answers = [await visitor.post(path, data={"idempotency_key": key}) for _ in range(2)]

    assert [(a.status_code, a.headers["location"]) for a in answers] == [(303, "/alerts-inbox")] * 2
    seen = (await visitor.get("/alerts-inbox")).text
    assert "Seen" in seen
    assert "/acknowledge" not in seen
    (said,) = await house.said(AlertAcknowledged)
    assert said.acknowledged_by == "staff-elm-tree"


async def test_another_site_cannot_make_a_members_browser_say_seen(house, visitor):
    await house.hear(opened())
    path = f"/alerts-inbox/{await alert_of(house, ELM_TREE)}/acknowledge"

    answer = await visitor.post(path, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert await house.said(AlertAcknowledged) == []


async def test_a_team_without_alerts_is_told_so(house):
    async with knock(house.app(), Accept="text/html") as client:
        await client.post("/sign-in", data={"ref": "staff-community"})
        html = (await client.get("/alerts-inbox")).text

    assert "There are no alerts for your team." in html
    assert COMMUNITY not in html
