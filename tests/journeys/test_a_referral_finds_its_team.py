"""S05: a referral that came to the wrong clinic finds the right one, and nobody sends the patient back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.eventually import eventually_now
from tests.support.handovers import Following, Item
from tests.support.made_up import MadeUp, somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
ELM_TREE, PODIATRY, FOOT = "practice-Z90001", "podiatry-ZTA", "msk-foot-ZTB"
LETTER = [{"heading": "Reason", "text": "Pain in both feet since she was told of lupus"}]


class Referred:
    """A patient of Elm Tree Surgery whom it refers to podiatry."""

    def __init__(self, site: RunningSite, who: MadeUp) -> None:
        self.site = site
        self.follow = Following(site, who.number)
        now = datetime.now(UTC)
        news = who.says("A31", now, now, f"A31{who.visit}")
        known = b"\r".join(line for line in news.split(b"\r") if not line.startswith(b"PV1"))
        assert send(site.mllp, known) == ["AA"]
        site.wait_until_quiet()
        sent = {
            "from_team": ELM_TREE,
            "service": PODIATRY,
            "reference": who.visit,
            "letter": LETTER,
        }
        with site.client("referral", **{"X-Patient-Identifier": who.number}) as practice:
            answer = practice.post("/referrals", json=sent)
        assert answer.status_code == 201, answer.text
        self.referral = answer.json()["referral_id"]

    def shown(self) -> Item:
        """The referral as a program reads it."""
        with self.site.client("referral") as client:
            found: Item = client.get(f"/referrals/{self.referral}").raise_for_status().json()
        return found

    def act(self, path: str, **body: Any) -> None:
        with self.site.client("referral") as team:
            answer = team.post(path, json=body)
        assert answer.status_code == 200, answer.text

    def requests(self, requisition: str) -> dict[str, Item]:
        """Its ServiceRequests by their status."""
        with self.site.client("referral") as client:
            bundle = client.get("/fhir/ServiceRequest", params={"requisition": requisition})
        entries = bundle.raise_for_status().json().get("entry", [])
        return {entry["resource"]["status"]: entry["resource"] for entry in entries}

    def open_tasks(self, team: str) -> list[str]:
        """The rules of a team's open tasks."""
        return sorted(
            task["rule"]["rule_id"]
            for handover in self.follow.all()
            for task in handover["tasks"]
            if task["owner_team"] == team and task["closed_at"] is None
        )


def test_one_act_passes_it_on_and_no_clock_starts_again(site: RunningSite) -> None:
    who = somebody(email="both-feet@patients.example.net")
    sent = Referred(site, who)
    first, before = sent.shown(), sent.follow.the("open")
    until = sent.follow.task(before, "R49")["due_at"]
    assert (first["state"], first["team"], first["accountable_team"]) == (
        "received",
        PODIATRY,
        ELM_TREE,
    )

    sent.act(f"/offers/{first['offer']}/redirect", team=FOOT, reason="wrong-service")

    passed = sent.shown()
    assert (passed["state"], passed["team"]) == ("received", FOOT)
    assert passed["accountable_team"] == PODIATRY, "until the other team says yes"
    assert sent.open_tasks(ELM_TREE) == [], "nothing for the practice to do"
    assert sent.open_tasks(FOOT) == []
    was, now_is = passed["requests"]
    assert (was["status"], was["status_because"]) == ("revoked", "redirected")
    assert (now_is["status"], now_is["replaces"]) == ("active", was["service_request"])

    sent.act(f"/referrals/{sent.referral}/accept")

    accepted, after = sent.shown(), sent.follow.the("open")
    assert (accepted["state"], accepted["team"], accepted["accountable_team"]) == (
        "accepted",
        FOOT,
        FOOT,
    )
    assert accepted["clock_started_at"] == passed["clock_started_at"] == first["clock_started_at"]
    assert sent.follow.task(after, "R49")["due_at"] == until
    assert accepted["letter"] == first["letter"] == LETTER
    assert sent.open_tasks(ELM_TREE) == []
    assert sent.open_tasks(PODIATRY) == []
    other_systems_see_the_same(sent)
    eventually_now(lambda: sent.follow.mails_to_team(FOOT, after), 30, "the new team is told")
    site.wait_until_quiet()
    assert len(sent.follow.mails_to_team(FOOT, after)) == 1
    the_referrer_reads_of_it_in_the_daily_digest(site, after)
    the_patient_hears_once_that_it_moved(site, who)


def other_systems_see_the_same(sent: Referred) -> None:
    with sent.site.client("referral") as client:
        found = client.get(f"/fhir/ServiceRequest/{sent.shown()['requests'][0]['service_request']}")
    requisition = found.raise_for_status().json()["requisition"]["value"]
    requests = sent.requests(requisition)
    assert requests.keys() == {"revoked", "active"}
    old, new = requests["revoked"], requests["active"]
    assert new["replaces"][0]["reference"] == f"ServiceRequest/{old['id']}"
    assert new["performer"][0]["identifier"]["value"] == FOOT
    assert old["performer"][0]["identifier"]["value"] == PODIATRY


def the_referrer_reads_of_it_in_the_daily_digest(site: RunningSite, handover: Item) -> None:
    told = site.rows(
        "SELECT DISTINCT kind, digest FROM notify.alerts WHERE handover_id = %s AND team = %s ORDER BY 1",
        handover["handover_id"],
        ELM_TREE,
    )
    assert told == [
        {"kind": "redirected", "digest": True},
        {"kind": "referral", "digest": True},
    ]


def the_patient_hears_once_that_it_moved(site: RunningSite, who: MadeUp) -> None:
    mails = [mail.body for mail in site.mails(who.email)]
    moved = [body for body in mails if "better-suited team" in body]
    assert len(moved) == 1
    assert "01632 960202" in moved[0], "the new team's number"
    assert not [body for body in mails if "should not have been" in body]


def test_a_rejection_without_a_better_place_is_the_practices_to_decide(site: RunningSite) -> None:
    sent = Referred(site, somebody())

    sent.act(f"/referrals/{sent.referral}/reject", reason="not-eligible")

    assert sent.shown()["state"] == "rejected"
    handover = sent.follow.the("open")
    task = sent.follow.task(handover, "R48")
    assert (task["owner_team"], task["closed_at"]) == (ELM_TREE, None)
    assert sent.open_tasks(PODIATRY) == []
    site.wait_until_quiet()
    told = sent.follow.mails_to_team(ELM_TREE, handover)
    assert [subject for subject in told if "1 task more" in subject], told
    sent.act(f"/tasks/{task['task_id']}/complete", reason="Told her of the foot clinic in town")
    site.wait_until_quiet()
    assert sent.open_tasks(ELM_TREE) == []
