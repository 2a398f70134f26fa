"""S04: nobody writes to the dead, and what remains to be done goes to people."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.eventually import eventually_now
from tests.support.handovers import Following
from tests.support.made_up import somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]


def test_a_death_in_hospital_leaves_the_ward_one_duty_and_tells_no_patient(
    site: RunningSite,
) -> None:
    who = somebody(email="dead@patients.example.net")
    follow = Following(site, who.number)
    now = datetime.now(UTC)

    died = who.says(
        "A03", now - timedelta(minutes=5), now, f"S04-1{who.visit}",
        method="4", destination="79", dead="Y",
    )  # fmt: skip
    assert send(site.mllp, died) == ["AA"]

    handover = follow.the("open")
    assert [task["rule"]["rule_id"] for task in handover["tasks"]] == ["R25"]
    assert handover["offers"] == []
    assert handover["tasks"][0]["owner_team"] == "ward-ZTA"
    site.wait_until_quiet()
    assert follow.mails_to(who.email) == []


def test_a_death_after_discharge_stops_what_waits_for_the_patient_within_seconds(
    site: RunningSite,
) -> None:
    site.restart("notify", BATON_SETTLING_SECONDS="3600")
    who = somebody(email="died-at-home@patients.example.net")
    follow = Following(site, who.number)
    now = datetime.now(UTC)
    assert send(site.mllp, who.goes_home(now)) == ["AA"]
    before = follow.the("open")
    asked = {task["task_id"] for task in before["tasks"] if task["offer_id"]}
    assert asked

    heard = datetime.now(UTC)
    told = who.says("A31", now, now, f"S04-2{who.visit}", dead="Y", death_time=_stamp(now))
    assert send(site.mllp, told) == ["AA"]

    def stopped() -> bool:
        tasks = {task["task_id"]: task for task in follow.the("open")["tasks"]}
        return all(tasks[each]["status"] == "cancelled" for each in asked)

    eventually_now(stopped, 30, "the follow-up is cancelled")
    site.wait_until_quiet()
    assert datetime.now(UTC) - heard < timedelta(seconds=60)
    tasks = follow.the("open")["tasks"]
    assert {task["status_reason"] for task in tasks if task["task_id"] in asked} == {"deceased"}
    left_to_do = [task for task in tasks if task["status"] not in {"cancelled", "completed"}]
    assert left_to_do, "appointments to cancel, medicines to stop, equipment to collect"
    assert follow.mails_to(who.email) == []
    waiting = site.rows(
        "SELECT state FROM notify.alerts WHERE audience = 'patient' AND handover_id = %s",
        before["handover_id"],
    )
    assert {row["state"] for row in waiting} <= {"revoked", "withheld"}
    site.restart("notify")


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%d%H%M")
