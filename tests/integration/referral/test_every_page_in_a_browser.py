"""Every page of referral that there is, read by everybody at a desk and on a telephone."""

import pytest

from tests.integration.referral.clerical import clerical
from tests.integration.referral.conftest import ELM_TREE
from tests.integration.referral.test_pages_in_a_browser import address, sign_in
from tests.integration.referral.test_referrals import in_days, refer
from tests.integration.referral.test_worklist import accepted, key_in
from tests.support.every_page import SIZES, read_every_page

__all__ = ["address"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def done_together(house) -> str:
    """The page of several tasks that a clerk did at once."""
    tasks = await clerical(house, "R06")
    desk = await house.visitor("staff-elm-tree")
    form = {"idempotency_key": key_in(await desk.get("/worklist/bulk")), "task": tasks[:1]}
    answer = await desk.post(
        "/worklist/bulk", data=form | {"act": "complete", "text": "Letters filed"}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
async def test_every_page_there_is_can_be_read_by_everybody(house, page, address, size):
    referral = (await refer(house))["referral_id"]
    async with house.client("podiatry-ZTA") as podiatry:
        await podiatry.post(f"/referrals/{referral}/accept")
        await podiatry.post(f"/referrals/{referral}/appointments", json={"starts_at": in_days(3)})
    await accepted(house)
    bulk = await done_together(house)
    task = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"
    closed = await house.pool.fetchval(
        "SELECT task_id FROM tasks WHERE status = 'completed' AND owner_team = $1", ELM_TREE
    )
    offer = await house.pool.fetchval("SELECT offer_id FROM offers WHERE team = 'pharmacy-FZZ01'")
    handover = await house.pool.fetchval("SELECT handover_id FROM tasks WHERE rule_id = 'R26'")
    whole = f"/worklist/handovers/{handover}"
    visits = {
        "staff-elm-tree": {
            "/": "/",
            "/sign-in": "/sign-in?lost=true",
            "/directory": "/directory",
            "/directory/team/{team_id}": f"/directory/team/{ELM_TREE}",
            "/measures": "/measures",
            "/reception": "/reception",
            "/worklist/waiting": "/worklist/waiting",
            "/worklist/results": "/worklist/results",
            "/worklist/refer": "/worklist/refer",
            "/worklist/bulk": "/worklist/bulk",
            "/worklist/bulk/{bulk_id}": bulk,
            "/worklist/tasks/{task_id}": task,
            "/worklist/tasks/{task_id}/hand-on": f"{task}/hand-on",
            "/worklist/tasks/{task_id}/reopen": f"/worklist/tasks/{closed}/reopen",
        },
        "staff-ward": {
            "/worklist/handovers/{handover_id}": whole,
            "/worklist/handovers/{handover_id}/withdraw": f"{whole}/withdraw",
            "/worklist/handovers/{handover_id}/coordinator": f"{whole}/coordinator",
            "/worklist/handovers/{handover_id}/happenings": f"{whole}/happenings",
        },
        "staff-pharmacy": {
            "/worklist/offers/{offer_id}/decline": f"/worklist/offers/{offer}/decline",
            "/worklist/offers/{offer_id}/redirect": f"/worklist/offers/{offer}/redirect",
        },
        "staff-podiatry": {
            "/worklist/referrals": "/worklist/referrals",
            "/worklist/referrals/{referral_id}": f"/worklist/referrals/{referral}",
        },
        "staff-ooh": {"/out-of-hours": "/out-of-hours"},
        "operator": {"/directory/import": "/directory/import"},
    }

    await read_every_page(
        house.app, page, address, visits, lambda who: sign_in(page, address, who), size
    )
