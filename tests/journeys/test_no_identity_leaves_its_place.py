"""A patient with unmistakable details goes through everything, trouble included; then nobody finds the details."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from schemas.topics import PATIENTS
from services.console.site.keys import SERVICES
from tests.support import canary
from tests.support.canary import NUMBER, a_canary, sightings
from tests.support.eventually import eventually_now
from tests.support.forms import sign_in
from tests.support.sending import send
from tests.support.site import RunningSite
from tests.support.topics import Said, write

pytestmark = [pytest.mark.slow]
URLS = re.compile(r"""(?:href|action|src|hx-get|hx-post)="([^"]+)"|(https?://[^\s"<>]+)""")
NEIGHBOURS_EARS = (f"Rang {canary.GIVEN} {canary.FAMILY} on {canary.PHONE}, {canary.STREET}",)


class Journey:
    """What the canary's way left behind, wherever somebody else may look."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.error_bodies: list[str] = []
        self.pages: list[str] = []

    def happens(self) -> None:
        bird, site = a_canary(), self.site
        site.mailbox.refuse(canary.EMAIL)
        codes = send(
            site.mllp,
            bird.admitted(),
            bird.goes_home(),
            bird.other_with_the_same_control_id(),
            bird.with_somebody_elses_head(),
            bird.goes_home()[:-40],
        )
        assert codes[:2] == ["AA", "AA"]
        assert "AA" not in codes[2:4]
        self._sends_fhir(bird.bundle())
        eventually_now(self.handover, 30, "the canary is handed over")
        self._is_garbled_on_the_topic()
        self._is_looked_up_and_written_about()
        site.wait_until_quiet()
        self._is_looked_at_by_operators()

    def handover(self) -> dict[str, Any] | None:
        with self.site.client("referral", **{"X-Patient-Identifier": NUMBER}) as client:
            found = client.get("/handovers").raise_for_status().json()["items"]
            if not found:
                return None
            whole: dict[str, Any] = client.get(f"/handovers/{found[0]['handover_id']}").json()
        return whole

    def _sends_fhir(self, bundle: dict[str, Any]) -> None:
        with self.site.client("discharge", **{"Content-Type": "application/fhir+json"}) as client:
            path = "/fhir/$process-message"
            client.post(path, content=json.dumps(bundle)).raise_for_status()
            broken = json.dumps(bundle).replace('"birthDate": "', '"birthDate": "x')
            for content in (broken, json.dumps(bundle)[:-30], json.dumps(bundle["entry"][2])):
                self.error_bodies.append(client.post(path, content=content).text)

    def _is_garbled_on_the_topic(self) -> None:
        """Copies that nobody can decode, and one in the place of a newer description."""
        key = self.site.key_of(NUMBER).encode()
        told = [r for r in self.site.records() if r.topic == PATIENTS and r.key == key][-1]
        half = told.value[: len(told.value) // 2]
        wrong = told.value.replace(b'"described_at":"', b'"described_at":"zebedee')
        strange = dict(told.headers) | {
            "ce_subject": f"patient:{uuid4()}".encode(),
            "ce_partitionkey": b"canary-cage",
        }
        write(
            self.site.broker.bootstrap,
            [
                Said(PATIENTS, told.key, told.value, [("ce_id", b"\xff\xfe")]),
                Said(PATIENTS, b"nobody", told.value, told.headers),
                Said(PATIENTS, b"canary-cage", half, list(strange.items())),
                Said(PATIENTS, b"canary-cage", wrong, list(strange.items())),
            ],
        )

    def _is_looked_up_and_written_about(self) -> None:
        whole = self.handover()
        assert whole is not None
        task = next(t for t in whole["tasks"] if t["rule"]["rule_id"] == "R01")["task_id"]
        [words] = NEIGHBOURS_EARS
        site = self.site
        with site.client("referral") as client:
            client.post(f"/tasks/{task}/note", json={"text": words}).raise_for_status()
            client.post(f"/tasks/{task}/complete", json={"reason": words}).raise_for_status()
            offer = whole["offers"][0]["offer_id"]
            for said in (
                client.get(f"/handovers/{uuid4()}"),
                client.get(f"/tasks/{uuid4()}", headers={"X-Patient-Identifier": NUMBER}),
                client.get("/tasks", headers={"X-Patient-Identifier": NUMBER + "77"}),
                client.post(f"/offers/{offer}/decline", json={"reason": words}),
                client.post(f"/offers/{offer}/decline", json={"who": words}),
                client.post(f"/tasks/{task}/note", json={"text": [words]}),
                client.post(f"/tasks/{task}/note", content=words),
            ):
                assert said.is_client_error
                self.error_bodies.append(said.text)
            # Somebody in a hurry puts the number where it does not belong.
            for path in (f"/patients/{NUMBER}", f"/tasks?patient={NUMBER}", f"/handovers/{NUMBER}"):
                client.get(path)
        with site.visitor("notify") as visitor:
            assert visitor.get(f"/p/{uuid4().hex}").status_code == 404
            visitor.get(f"/p/{NUMBER}")
        with site.visitor("referral") as visitor:
            sign_in(visitor, "staff-ward")
            for path in ("/", f"/worklist/handovers/{whole['handover_id']}", "/worklist/waiting"):
                self.pages.append(visitor.get(path).raise_for_status().text)

    def _is_looked_at_by_operators(self) -> None:
        """Only where operators look: these pages and answers name nobody."""
        journey = self.site.value(
            "SELECT correlation_id FROM discharge.outbox WHERE key = %s LIMIT 1",
            self.site.key_of(NUMBER),
        )
        for service in SERVICES:
            with self.site.client(service) as client:
                found = client.get("/operations").raise_for_status()
                self.error_bodies.append(found.text)
                self.error_bodies.append(client.get(f"/operations/trace/{journey}").text)
                for key in found.json()["parked"]:
                    shown = client.get(f"/operations/parked/{key['parked_id']}")
                    self.error_bodies.append(shown.text)
                    client.post(f"/operations/parked/{key['parked_id']}/release")
        with self.site.visitor("console") as visitor:
            page = sign_in(visitor, "op-01")
            self.error_bodies.append(page.text)


@pytest.fixture(scope="module")
def journey(running: RunningSite) -> Journey:
    running.mend()
    happening = Journey(running)
    happening.happens()
    return happening


def found_in(texts: dict[str, str | bytes]) -> dict[str, list[str]]:
    return {name: seen for name, text in texts.items() if (seen := sightings(text))}


def test_the_canary_went_through(journey: Journey) -> None:
    whole = journey.handover()
    assert whole is not None
    assert {t["rule"]["rule_id"] for t in whole["tasks"]} == {"R01", "R06", "undelivered"}
    assert any(sightings(page) for page in journey.pages), "those who may know do know"
    assert journey.site.rows(
        "SELECT 1 FROM notify.alerts WHERE patient_key = %s AND state = 'failed'",
        journey.site.key_of(NUMBER),
    )
    reasons = {row["reason"] for row in journey.site.parked() if row["topic"] == PATIENTS}
    assert {"undecodable", "poison"} <= reasons


def test_no_key_and_no_header_names_the_canary(journey: Journey) -> None:
    leaks = [
        (record.topic, seen)
        for record in journey.site.records()
        for part in (record.key, *(part for pair in record.headers for part in pair))
        if part and (seen := sightings(part))
    ]
    assert leaks == []


def test_bodies_name_the_canary_on_the_restricted_topic_only(journey: Journey) -> None:
    topics = {r.topic for r in journey.site.records() if r.value and sightings(r.value)}
    assert topics == {PATIENTS}


def test_no_process_logs_the_canary(journey: Journey) -> None:
    logs = journey.site.logs()
    assert {f"logs/{service}.log" for service in SERVICES} <= logs.keys()
    assert {
        name: [line[:300] for line in text.splitlines() if sightings(line)][:3]
        for name, text in logs.items()
        if sightings(text)
    } == {}


def test_no_metric_names_the_canary(journey: Journey) -> None:
    texts: dict[str, str | bytes] = {}
    for service in SERVICES:
        with journey.site.client(service) as client:
            texts[service] = client.get("/metrics").raise_for_status().text
    assert found_in(texts) == {}


def test_no_address_names_the_canary(journey: Journey) -> None:
    site = journey.site
    texts = [mail.body for mail in site.mails()] + [*site.letters().values(), *journey.pages]
    addresses = {part for text in texts for pair in URLS.findall(text) for part in pair if part}
    assert addresses
    assert {address for address in addresses if sightings(address)} == set()


def test_no_mail_names_the_canary(journey: Journey) -> None:
    assert [seen for m in journey.site.mails() if (seen := sightings(m.subject + m.body))] == []


def test_no_error_and_no_operator_names_the_canary(journey: Journey) -> None:
    assert journey.error_bodies
    assert [(text[:300], seen) for text in journey.error_bodies if (seen := sightings(text))] == []


def test_no_parked_error_names_the_canary(journey: Journey) -> None:
    texts = [json.dumps({**row, "body": ""}, default=str) for row in journey.site.parked()]
    assert texts
    assert [seen for text in texts if (seen := sightings(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        f"input_value='{NUMBER[:3]} {NUMBER[3:6]} {NUMBER[6:]}'",
        f"GET /patients/{NUMBER} 404",
        "Mr QUIZZLETHWAITE, Z.",
        "refused <zebedee.quizz@canary.example>",
        "zz997qx",
        "+447700900987",
        "Zebedee%20Q",
        b"\x00\xff19610719\xfe",
        "77%20Xylophone%20Crescent",
    ],
)
def test_the_search_finds_a_planted_canary(text: str | bytes) -> None:
    assert sightings(text)


def test_the_search_finds_nothing_where_nothing_is() -> None:
    assert sightings("handover.opened 01a200c6-8b02-74b9-8e8d-2a75ce427e08 practice-Z90001") == []
