"""A form that lacks something comes back with what was typed, so that nobody has to do it twice."""

import re
from datetime import UTC, datetime, timedelta

from tests.integration.referral.conftest import ELM_TREE, HARBOUR, described, discharged
from tests.integration.referral.test_pages import plain
from tests.integration.referral.test_put_away import soon
from tests.integration.referral.test_worklist import accepted


def checked(page) -> list[str]:
    """The values of the choices that are made."""
    inputs = re.findall(r"<input[^>]*>", page.text)
    return [re.search(r'value="([^"]*)"', one).group(1) for one in inputs if " checked" in one]


async def test_until_when_and_why_a_task_is_put_away_stay_chosen(house):
    await accepted(house)
    task = f"/worklist/tasks/{await soon(house, 'R26')}"
    surgery = await house.visitor("staff-elm-tree")
    until = (datetime.now(UTC) + timedelta(minutes=29)).isoformat()

    no_reason = await surgery.post(f"{task}/snooze", data={"until": until})
    no_time = await surgery.post(f"{task}/snooze", data={"away_because": "waiting-for-result"})

    assert no_reason.status_code == no_time.status_code == 422
    assert checked(no_reason) == [until]
    assert checked(no_time) == ["waiting-for-result"]


async def test_whom_to_pass_it_to_and_why_stay_chosen(house):
    await house.hear(described(), discharged())
    surgery = await house.visitor("staff-elm-tree")
    address = f"/worklist/offers/{await house.offer_to(ELM_TREE)}/redirect"

    no_team = await surgery.post(address, data={"reason": "wrong-service"})
    no_reason = await surgery.post(address, data={"to": HARBOUR})

    assert no_team.status_code == no_reason.status_code == 422
    assert checked(no_team) == ["wrong-service"]
    assert re.search(rf'<option value="{HARBOUR}" selected', no_reason.text)


async def test_a_number_with_a_slip_is_there_to_be_put_right(house):
    desk = await house.visitor("staff-elm-tree-desk")

    page = await desk.post("/reception", data={"nhs_number": "999 500 01"})

    assert page.status_code == 422
    assert 'value="999 500 01"' in page.text


async def test_who_was_signed_out_is_told_that_nothing_was_saved(house):
    await accepted(house)
    task = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"
    surgery = await house.visitor("staff-elm-tree")
    surgery.cookies.clear()

    answer = await surgery.post(f"{task}/note", data={"text": "Rang twice"})
    page = await surgery.get(answer.headers["location"])

    assert "what you sent last was not saved" in plain(page)
    assert "not saved" not in plain(await surgery.get("/sign-in"))
