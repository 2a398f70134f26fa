"""S02: the ward puts a patient back to bed after the practice has accepted; later he really goes home."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.eventually import eventually_now
from tests.support.handovers import Following
from tests.support.made_up import somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
ELM_TREE = "practice-Z90001"
A_MINUTE = timedelta(minutes=1)


def test_everything_that_the_discharge_set_off_stops_and_the_next_one_starts_anew(
    site: RunningSite,
) -> None:
    site.restart("notify", BATON_SETTLING_SECONDS="3600")
    who = somebody(email="cancelled@patients.example.net")
    follow = Following(site, who.number)
    now = datetime.now(UTC)
    left = now - 30 * A_MINUTE
    assert send(site.mllp, who.says("A03", left, left, f"S02-1{who.visit}")) == ["AA"]
    first = follow.the("open")
    follow.accept(first, ELM_TREE)
    eventually_now(
        lambda: follow.mails_to_team(ELM_TREE, first), what="the practice is told of the discharge"
    )

    cancelled = who.says("A13", left + 20 * A_MINUTE, now, f"S02-2{who.visit}")
    assert send(site.mllp, cancelled) == ["AA"]

    gone = follow.the("withdrawn")
    assert gone["handover_id"] == first["handover_id"]
    assert {task["status"] for task in gone["tasks"]} == {"cancelled"}
    assert {task["status_reason"] for task in gone["tasks"]} == {"discharge-cancelled"}
    stops = eventually_now(
        lambda: [s for s in follow.mails_to_team(ELM_TREE, gone) if "withdrawn" in s.lower()],
        what="the practice is told to stop",
    )
    assert len(stops) == 1

    again = who.says("A03", now, now, f"S02-3{who.visit}")
    assert send(site.mllp, again) == ["AA"]
    second = follow.the("open")
    assert second["replaces"] == first["handover_id"]
    assert {task["task_id"] for task in second["tasks"]}.isdisjoint(
        task["task_id"] for task in gone["tasks"]
    )
    due = datetime.fromisoformat(follow.task(second, "R01")["due_at"])
    assert due == now.replace(microsecond=0) + timedelta(hours=24)

    assert send(site.mllp, who.says("A13", now, now, f"S02-6{who.visit}")) == ["AA"]
    eventually_now(lambda: len(follow.all("withdrawn")) == 2, what="the second is withdrawn too")
    site.wait_until_quiet()
    assert follow.mails_to(who.email) == [], "nothing settled long enough for the patient to hear"
    assert [follow.mails_to_team(ELM_TREE, gone).count(stop) for stop in stops] == [1]
    site.restart("notify")


def test_a_patient_who_has_heard_already_is_told_in_person(site: RunningSite) -> None:
    who = somebody(email="too-late@patients.example.net")
    follow = Following(site, who.number)
    now = datetime.now(UTC)
    assert send(site.mllp, who.says("A03", now - 30 * A_MINUTE, now, f"S02-4{who.visit}")) == ["AA"]
    follow.the("open")
    eventually_now(lambda: follow.mails_to(who.email), what="the patient's message")

    assert send(site.mllp, who.says("A13", now, now, f"S02-5{who.visit}")) == ["AA"]

    follow.the("withdrawn")
    task = eventually_now(
        lambda: [
            task
            for handover in follow.all("withdrawn")
            for task in handover["tasks"]
            if task["code"] == "explain-in-person"
        ],
        what="the ward's task to explain",
    )
    assert [each["owner_team"] for each in task] == ["ward-ZTA"]
    site.wait_until_quiet()
    assert len(follow.mails_to(who.email)) == 1, "nothing is sent after it"
