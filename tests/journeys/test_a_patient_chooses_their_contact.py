"""A05 and R13: several teams look after one patient; the ward proposes whom to ring, and the patient chooses another."""

import re
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.support.eventually import eventually_now
from tests.support.forms import submit, words
from tests.support.handovers import Following
from tests.support.made_up import FRAIL, PHARMACY, somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
WARD, COMMUNITY = "ward-ZTA", "community-ZTC"
NURSES = "Fellside Community Nursing"


def test_whoever_the_patient_wants_is_whom_everybody_sees(site: RunningSite) -> None:
    who = somebody(email="chooses@patients.example.net")
    follow = Following(site, who.number)
    left = datetime.now(UTC) - timedelta(minutes=20)
    assert send(site.mllp, who.says("A03", left, left, f"A05{who.visit}", FRAIL, PHARMACY)) == [
        "AA"
    ]
    opened = follow.the("open")
    assert opened["coordinator_state"] == "missing"
    eventually_now(lambda: follow.mails_to(who.email), 30, "the patient's message")
    named = {"team": WARD, "name": "Jo Smith", "phone": "01632 960101"}
    with site.client("referral") as ward:
        path = f"/handovers/{opened['handover_id']}/coordinator"
        ward.post(path, json=named).raise_for_status()
    site.wait_until_quiet()

    link = re.findall(r"https?://\S+/p/\S+", site.mails(who.email)[0].body)[0]
    with site.visitor("notify") as patient:
        plan = patient.get(link).raise_for_status()
        assert "Jo Smith" in words(plan.text)
        assert "01632 960101" in words(plan.text)
        choice = patient.get(f"{link}/contact").raise_for_status()
        asked = submit(patient, choice, "/contact", team=COMMUNITY)
        assert NURSES in words(asked.text)
        chosen = eventually_now(
            lambda: [w for w in follow.all("open") if w["coordinator_state"] == "chosen"],
            30,
            "the patient's choice counts",
        )
        site.wait_until_quiet()
        after = patient.get(link).raise_for_status()

    assert [whole["coordinator_at"] for whole in chosen] == [COMMUNITY]
    assert f"{NURSES} is your contact" in words(after.text)
    assert "Jo Smith" not in words(after.text)
    assert follow.mails_to_team(COMMUNITY, opened), "the nurses know of it"
    told = [
        mail.body for mail in site.mails(who.email) if "one person or team to ring" in mail.body
    ]
    assert ["01632 960101" in told[0], "01632 960140" in told[-1]] == [True, True]
    assert len(told) == 2
    wrong = httpx2.get(f"{link}x", timeout=20)
    assert wrong.status_code == 404, "only the link opens it"
