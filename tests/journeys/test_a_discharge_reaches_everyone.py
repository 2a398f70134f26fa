"""The main story: two people go home from Ward 7, and everyone who should know does."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx2
import pytest

from services.console.messages.fresh import freshen
from services.console.messages.message import read_message
from tests.support.calendar import (
    close_of_working_day,
    open_hours_later,
    pharmacy_is_closed,
    week_later,
)
from tests.support.eventually import eventually_now
from tests.support.forms import sign_in, submit, words
from tests.support.hospital import SAMPLES
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]

EDNA, TOM = "9995000105", "9995000598"
WARD, ELM_TREE, HARBOUR = "ward-ZTA", "practice-Z90001", "practice-Z90002"
PHARMACY, COMMUNITY = "pharmacy-FZZ01", "community-ZTC"
A_MINUTE = timedelta(minutes=1)


class Story:
    """Edna and Tom on their way home."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.referral = site.client("referral")

    def handovers(self, number: str) -> list[dict[str, Any]]:
        answer = self.referral.get("/handovers", headers={"X-Patient-Identifier": number})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return found

    def handover(self, number: str) -> dict[str, Any]:
        """The one handover of a patient, with its offers and tasks."""
        [found] = self.handovers(number)
        whole: dict[str, Any] = (
            self.referral.get(f"/handovers/{found['handover_id']}").raise_for_status().json()
        )
        return whole

    def owners(self, number: str) -> dict[str, str]:
        """Who is accountable for which rule's task."""
        tasks = self.handover(number)["tasks"]
        return {task["rule"]["rule_id"]: task["owner_team"] for task in tasks}

    def offer(self, number: str, team: str) -> dict[str, Any]:
        [found] = [o for o in self.handover(number)["offers"] if o["team"] == team]
        return dict(found)

    def mails_to_team(self, team: str, number: str) -> list[str]:
        """The mails that a team got about a patient's handover."""
        handover = self.handover(number)["handover_id"]
        to = f"{team.lower()}@teams.example.net"
        return [mail.subject for mail in self.site.mails(to) if handover in mail.body]

    def toms_page(self) -> httpx2.Response:
        [mail] = self.site.mails("tom@patients.example.net")
        [link] = re.findall(r"https?://\S+/p/\S+", mail.body)
        return httpx2.get(link, timeout=20)


@pytest.fixture(scope="module")
def story(running: RunningSite) -> Iterator[Story]:
    """Given that Edna and Tom went home a few minutes ago."""
    running.mend()
    names = ("frail-78-a01.hl7", "frail-78-a03.hl7", "asthma-34-discharge.json")
    messages = freshen(
        [read_message(SAMPLES / name) for name in names], datetime.now(UTC), new_stay=True
    )
    *hl7, fhir = [message.to_bytes() for message in messages]
    assert send(running.mllp, *hl7) == ["AA", "AA"]
    with running.client("discharge", **{"Content-Type": "application/fhir+json"}) as client:
        client.post("/fhir/$process-message", content=fhir).raise_for_status()

    found = Story(running)
    eventually_now(lambda: found.handovers(EDNA) and found.handovers(TOM), what="two handovers")
    running.wait_until_quiet()
    yield found
    found.referral.close()


def due(task: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(task["due_at"])


def test_edna_has_one_handover_that_the_ward_owns_until_somebody_accepts(story: Story) -> None:
    edna = story.handover(EDNA)

    assert edna["state"] == "open"
    assert edna["coordinator_team"] == WARD
    assert {o["team"]: o["state"] for o in edna["offers"]} == {
        ELM_TREE: "offered",
        PHARMACY: "offered",
        COMMUNITY: "offered",
    }
    assert {t["rule"]["rule_id"]: t["offer_team"] for t in edna["tasks"]} == {
        "R01": None,
        "R06": ELM_TREE,
        "R09": PHARMACY,
        "R14": COMMUNITY,
    }
    assert set(story.owners(EDNA).values()) == {WARD}


def test_tom_has_one_handover_with_what_an_asthma_attack_asks_for(story: Story) -> None:
    tom = story.handover(TOM)

    assert {o["team"] for o in tom["offers"]} == {HARBOUR}
    assert {t["rule"]["rule_id"]: t["offer_team"] for t in tom["tasks"]} == {
        "R01": None,
        "R06": HARBOUR,
        "R26": HARBOUR,
    }


def test_deadlines_are_those_of_the_wall_calendar(story: Story) -> None:
    edna, tom = story.handover(EDNA), story.handover(TOM)
    left = datetime.fromisoformat(edna["clock_started_at"])
    opened = datetime.fromisoformat(edna["opened_at"])
    tasks = {t["rule"]["rule_id"]: t for t in edna["tasks"]}
    review = next(t for t in tom["tasks"] if t["rule"]["rule_id"] == "R26")

    assert due(tasks["R01"]) == left + timedelta(hours=24)
    assert due(tasks["R06"]) == week_later(opened)
    assert abs(due(tasks["R09"]) - open_hours_later(opened, 72, pharmacy_is_closed)) < A_MINUTE
    assert datetime.fromisoformat(tasks["R14"]["not_before"]) == left + timedelta(hours=24)
    assert due(tasks["R14"]) == left + timedelta(hours=72)
    assert due(review) == close_of_working_day(
        datetime.fromisoformat(tom["clock_started_at"]), 2, time(18, 30)
    )


@pytest.mark.parametrize(
    ("number", "teams"),
    [(EDNA, (WARD, ELM_TREE, PHARMACY, COMMUNITY)), (TOM, (WARD, HARBOUR))],
    ids=["edna", "tom"],
)
def test_each_team_gets_one_mail_that_names_nobody(
    story: Story, number: str, teams: tuple[str, ...]
) -> None:
    for team in teams:
        assert len(story.mails_to_team(team, number)) == 1
    told = [
        mail for mail in story.site.mails() if story.handover(number)["handover_id"] in mail.body
    ]
    assert len(told) == len(teams)
    for mail in told:
        assert not re.search(
            r"edna|hartley|tom\b|baker|9995\d{6}", mail.subject + mail.body, re.IGNORECASE
        )


def test_edna_gets_a_letter_in_large_print_and_nothing_else(story: Story) -> None:
    [alert] = story.site.rows(
        "SELECT alert_id FROM notify.alerts WHERE patient_key = %s AND audience = 'patient'",
        story.site.key_of(EDNA),
    )
    letter = story.site.letters()[str(alert["alert_id"])]

    assert "20pt" in letter
    assert "edna hartley" in words(letter).lower()
    assert "Elm Tree Surgery has been asked" in words(letter)
    assert not [mail for mail in story.site.mails() if "edna" in " ".join(mail.to).lower()]


def test_tom_gets_a_mail_with_a_private_link(story: Story) -> None:
    page = story.toms_page()

    assert page.status_code == 200
    said = words(page.text)
    assert (
        "Harbour Medical Centre has been asked. Ward 7, Fellside Hospital stays responsible" in said
    )
    assert "Ward 7, Fellside Hospital is responsible for this" in said


def test_elm_tree_surgery_accepts_over_the_interface_and_owns_its_task(story: Story) -> None:
    offer = story.offer(EDNA, ELM_TREE)
    path = f"/offers/{offer['offer_id']}/accept"
    key = {"Idempotency-Key": f"accept-{offer['offer_id']}"}

    first = story.referral.post(path, headers=key).raise_for_status()
    again = story.referral.post(path, headers=key).raise_for_status()

    assert first.json() == again.json()
    assert story.owners(EDNA) == {"R01": WARD, "R06": ELM_TREE, "R09": WARD, "R14": WARD}
    assert story.handover(EDNA)["coordinator_team"] == WARD
    assert story.referral.post(path).status_code in (409, 422)


def test_harbour_medical_centre_accepts_on_the_page_and_tom_can_see_it(story: Story) -> None:
    offer = story.offer(TOM, HARBOUR)
    with story.site.visitor("referral") as visitor:
        worklist = sign_in(visitor, "staff-harbour")
        assert "BAKER-REID, Tom" in words(worklist.text)

        done = submit(visitor, worklist, f"{offer['offer_id']}/accept")

    assert "Your team has accepted and is now accountable" in words(done.text)
    assert story.owners(TOM) == {"R01": WARD, "R06": HARBOUR, "R26": HARBOUR}
    eventually_now(
        lambda: "Harbour Medical Centre has accepted this" in words(story.toms_page().text),
        what="Tom's page says who has accepted",
    )
    assert "has been asked" not in words(story.toms_page().text)


def test_ownership_moved_once_and_without_a_gap(story: Story) -> None:
    for number, team in ((EDNA, ELM_TREE), (TOM, HARBOUR)):
        task = next(t for t in story.handover(number)["tasks"] if t["rule"]["rule_id"] == "R06")
        owners = story.site.rows(
            "SELECT team, since FROM referral.ownership WHERE subject = %s ORDER BY since",
            task["task_id"],
        )
        assert [row["team"] for row in owners] == [WARD, team]


def test_every_fact_of_the_story_shares_its_journey(story: Story) -> None:
    for number in (EDNA, TOM):
        key = story.site.key_of(number).encode()
        journeys = {
            dict(record.headers)["ce_correlationid"]
            for record in story.site.records()
            if record.key == key and record.topic != "care.patients.v1"
        }
        spells = story.site.rows(
            "SELECT DISTINCT correlation_id FROM discharge.outbox WHERE key = %s"
            " AND type = 'spell.discharged'",
            key.decode(),
        )
        assert {str(row["correlation_id"]).encode() for row in spells} <= journeys
        assert len(journeys) == (2 if number == EDNA else 1)  # her admission is another message
