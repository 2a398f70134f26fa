"""S10: a patient registers elsewhere; work that was not begun follows, and is somebody's at every moment."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.eventually import eventually_now
from tests.support.handovers import Following, Item
from tests.support.made_up import somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
WARD, ELM_TREE, NORTHGATE = "ward-ZTA", "practice-Z90001", "practice-Z90005"
A_MINUTE = timedelta(minutes=1)


def owners(site: RunningSite, task: Item) -> list[str]:
    rows = site.rows(
        "SELECT team FROM referral.ownership WHERE subject = %s ORDER BY since", task["task_id"]
    )
    return [row["team"] for row in rows]


def test_the_old_practice_answers_for_the_work_until_the_new_one_takes_it(
    site: RunningSite,
) -> None:
    who = somebody(email="moves@patients.example.net")
    follow = Following(site, who.number)
    now = datetime.now(UTC)
    left = now - 30 * A_MINUTE
    assert send(site.mllp, who.says("A03", left, left, f"S10-1{who.visit}")) == ["AA"]
    first = follow.the("open")
    follow.accept(first, ELM_TREE)
    before = follow.task(follow.the("open"), "R06")
    eventually_now(lambda: follow.mails_to(who.email), what="the patient's message")

    moved = who.says(
        "A31", now, now, f"S10-2{who.visit}", practice="NORTHGATE HEALTH CENTRE^^Z90005"
    )
    assert send(site.mllp, moved) == ["AA"]

    def offers() -> dict[str, str]:
        return {offer["team"]: offer["state"] for offer in follow.the("open")["offers"]}

    eventually_now(lambda: offers().get(NORTHGATE) == "offered", 30, "the new practice is asked")
    asked = follow.task(follow.the("open"), "R06")
    assert (asked["owner_team"], asked["due_at"]) == (ELM_TREE, before["due_at"])
    site.wait_until_quiet()
    assert len(follow.mails_to(who.email)) == 1, "nothing is sure yet"

    follow.accept(follow.the("open"), NORTHGATE)

    taken = follow.task(follow.the("open"), "R06")
    assert (taken["owner_team"], taken["due_at"]) == (NORTHGATE, before["due_at"])
    assert owners(site, before) == [WARD, ELM_TREE, NORTHGATE]
    assert follow.the("open")["clock_started_at"] == first["clock_started_at"]
    eventually_now(lambda: len(follow.mails_to(who.email)) == 2, 30, "the patient hears of it")
    site.wait_until_quiet()
    assert len(follow.mails_to(who.email)) == 2
    assert follow.mails_to_team(NORTHGATE, first)
