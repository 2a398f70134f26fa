"""S01: a frail patient goes home, and everything is on time; no machine acts on what a doctor wrote."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.support.calendar import open_hours_later, pharmacy_is_closed, week_later
from tests.support.documents import a_document, an_answer, changed
from tests.support.eventually import eventually_now
from tests.support.forms import sign_in, words
from tests.support.handovers import Following, Item
from tests.support.made_up import FRAIL, LARGE_PRINT, PHARMACY, MadeUp, somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
WARD, ELM_TREE, COMMUNITY = "ward-ZTA", "practice-Z90001", "community-ZTC"
PHARMACIST, REABLEMENT = "pharmacy-FZZ01", "reablement-ZLA"
A_MINUTE = timedelta(minutes=1)


def summary_of(who: MadeUp, left: datetime, message: str) -> bytes:
    body = a_document(str(uuid4()), message=message)
    body = changed(body, "9995000105", who.number)
    body = changed(body, "SP-88013", who.visit)
    return changed(body, "2026-09-08T11:20:00+01:00", left.isoformat(timespec="seconds"))


def report(site: RunningSite, handover: Item, code: str, happened: datetime) -> None:
    path = f"/handovers/{handover['handover_id']}/happenings"
    with site.client("referral") as team:
        said = {"code": code, "happened_at": happened.isoformat()}
        team.post(path, json=said).raise_for_status()


def hear(site: RunningSite, body: bytes) -> int:
    with site.client("discharge", **{"Content-Type": "application/fhir+xml"}) as sender:
        return sender.post("/itk3", content=body).raise_for_status().status_code


def at(task: Item, name: str = "due_at") -> datetime:
    return datetime.fromisoformat(task[name])


def test_each_team_knows_its_part_and_the_patient_gets_one_letter(site: RunningSite) -> None:
    who = somebody(email="on-time@patients.example.net")
    follow = Following(site, who.number)
    now = datetime.now(UTC).replace(microsecond=0)
    left, referred = now - 40 * A_MINUTE, now - 35 * A_MINUTE
    medicines, received = now - 5 * A_MINUTE, now - 3 * A_MINUTE
    message = str(uuid4())

    a03 = who.says("A03", left, left, f"S01{who.visit}", FRAIL, PHARMACY, *LARGE_PRINT)
    assert send(site.mllp, a03) == ["AA"]
    opened = follow.the("open")
    report(site, opened, "reablement-referred", referred)
    hear(site, summary_of(who, left, message))
    eventually_now(lambda: "read-document" in rules(follow.the()), 30, "somebody is asked to read")
    report(site, opened, "dms-referral-received", medicines)
    for code, answered in (("20013", received), ("30001", now)):
        hear(site, an_answer(code, message=message, at=answered.isoformat()))
    eventually_now(
        lambda: follow.task(follow.the(), "R01")["status"] == "completed", 30, "the summary arrived"
    )
    site.wait_until_quiet()

    handover = follow.the()
    assert handover["handover_id"] == opened["handover_id"]
    assert rules(handover) == ["R01", "R06", "R09", "R14", "R16", "read-document"]
    of = {rule: follow.task(handover, rule) for rule in rules(handover)}
    assert {rule: task["offer_team"] for rule, task in of.items()} == {
        "R01": None,
        "R06": ELM_TREE,
        "R09": PHARMACIST,
        "R14": COMMUNITY,
        "R16": REABLEMENT,
        "read-document": ELM_TREE,
    }
    assert {task["owner_team"] for task in of.values()} == {WARD}, "nobody has accepted yet"
    assert at(of["R01"]) == left + timedelta(hours=24)
    assert at(of["R06"]) == week_later(received), "one week from the practice's answer"
    assert abs(at(of["R09"]) - open_hours_later(medicines, 72, pharmacy_is_closed)) < A_MINUTE
    assert at(of["R14"], "not_before") == left + timedelta(hours=24)
    assert at(of["R14"]) == left + timedelta(hours=72)
    assert at(of["R16"]) == referred + timedelta(hours=48)
    assert {rule for rule, task in of.items() if task["status"] == "completed"} == {"R01"}
    assert not [task for task in of.values() if "U&E" in str(task)], "no machine-made task"
    nobody_is_named_and_everybody_sees_it(site, handover)
    only_one_letter(site, who)


def rules(handover: Item) -> list[str]:
    return sorted(task["rule"]["rule_id"] for task in handover["tasks"])


def nobody_is_named_and_everybody_sees_it(site: RunningSite, handover: Item) -> None:
    assert handover["coordinator_state"] == "missing"
    for person in ("staff-ward", "staff-elm-tree"):
        with site.visitor("referral") as visitor:
            sign_in(visitor, person)
            page = visitor.get(f"/worklist/handovers/{handover['handover_id']}").raise_for_status()
        assert "Nobody named" in words(page.text)
        assert "has to name somebody" in words(page.text)


def only_one_letter(site: RunningSite, who: MadeUp) -> None:
    """In large print, and nothing else by any other way."""
    [told] = site.rows(
        "SELECT alert_id, kind, state FROM notify.alerts WHERE patient_key = %s AND audience = 'patient'",
        site.key_of(who.number),
    )
    assert (told["kind"], told["state"]) == ("opened", "sent")
    letter = site.letters()[str(told["alert_id"])]
    assert "20pt" in letter
    assert "U&amp;E" not in letter
    assert site.mails(who.email) == []
