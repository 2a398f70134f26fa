"""Nobody can let something lie: a deadline that passes and a message that fails both end with a person."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.eventually import eventually_now
from tests.support.made_up import somebody
from tests.support.sending import send
from tests.support.site import Row, RunningSite

pytestmark = [pytest.mark.slow]
DAYS_SHORTER = "12000"
"""A day lasts seven seconds."""


def tasks(site: RunningSite, number: str) -> dict[str, Row]:
    """A patient's tasks by rule."""
    with site.client("referral", **{"X-Patient-Identifier": number}) as client:
        found = client.get("/tasks").raise_for_status().json()["items"]
    return {task["rule"]["rule_id"]: task for task in found}


def mails(site: RunningSite, team: str, handover: str, saying: str = "") -> list[str]:
    """Subjects of what a team was told of a handover."""
    return [
        mail.subject
        for mail in site.mails(f"{team}@teams.example.net")
        if handover in mail.body and saying in mail.subject
    ]


def test_an_ignored_task_is_told_to_its_owner_and_to_the_safety_lead_and_stays_open(
    site: RunningSite,
) -> None:
    ignored, done = somebody(), somebody()
    site.restart("referral", BATON_DEMO_DEADLINE_DIVISOR=DAYS_SHORTER)
    now = datetime.now(UTC)
    bodies = [who.goes_home(now + timedelta(minutes=5)) for who in (ignored, done)]
    assert send(site.mllp, *bodies) == ["AA", "AA"]
    eventually_now(
        lambda: tasks(site, ignored.number) and tasks(site, done.number), what="their tasks"
    )

    with site.client("referral") as ward:
        summary = tasks(site, done.number)["R01"]["task_id"]
        ward.post(f"/tasks/{summary}/complete", json={}).raise_for_status()

    def escalated() -> Row | None:
        task = tasks(site, ignored.number)["R01"]
        return task if task["escalated_at"] else None

    task = eventually_now(escalated, 30, "the ignored task is escalated")
    assert task is not None
    assert task["late"]
    assert task["closed_at"] is None
    assert task["owner_team"] == "ward-ZTA"
    assert set(task["told_teams"]) == {"ward-ZTA", "safety-ZTA"}
    for team in ("ward-zta", "safety-zta"):
        eventually_now(
            lambda: mails(site, team, task["handover_id"], "a deadline has passed"),  # noqa: B023
            what=f"{team} is told",
        )
    other = tasks(site, done.number)["R01"]
    assert other["status"] == "completed"
    assert not other["escalated_at"]
    assert not tasks(site, ignored.number)["R06"]["escalated_at"], "its deadline is a week away"
    for who in (ignored, done):
        withdraw(site, tasks(site, who.number)["R01"]["handover_id"])
    site.restart("referral")


def withdraw(site: RunningSite, handover: str) -> None:
    with site.client("referral") as ward:
        body = {"reason": "entered-in-error"}
        ward.post(f"/handovers/{handover}/withdraw", json=body).raise_for_status()
    eventually_now(
        lambda: mails(site, "practice-z90001", handover, "withdrawn"), what="the practice is told"
    )


def test_a_message_that_reaches_nobody_becomes_a_task_of_the_coordinator(site: RunningSite) -> None:
    unreachable = somebody(email="nobody.home@patients.example.net")
    site.mailbox.refuse(unreachable.email)

    assert send(site.mllp, unreachable.goes_home()) == ["AA"]

    task = eventually_now(lambda: tasks(site, unreachable.number).get("undelivered"), 30)
    assert task is not None
    assert task["code"] == "reach-person"
    assert task["owner_team"] == "ward-ZTA"
    assert task["closed_at"] is None
    eventually_now(
        lambda: len(mails(site, "ward-zta", task["handover_id"])) == 2,
        what="the ward is told again",
    )
    assert not site.mails(unreachable.email)

    with site.client("referral") as ward:
        path = f"/tasks/{task['task_id']}/complete"
        assert ward.post(path, json={}).is_client_error, "it asks whom somebody reached"
        ward.post(path, json={"reason": "Rang her daughter, who told her"}).raise_for_status()
    assert tasks(site, unreachable.number)["undelivered"]["status"] == "completed"
