"""What an operator sees and may do."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.console.page.app import PEOPLE
from tests.integration.console.conftest import BEHIND_ID, JOURNEY, PARKED_ID, Services
from tests.support.this_year import in_2026
from tests.support.web import a_visitor, sign_in

OWN_SITE = {"origin": "http://testserver"}


@pytest.fixture(autouse=True)
def this_year(monkeypatch: pytest.MonkeyPatch) -> None:
    in_2026(monkeypatch)


@pytest.fixture
def operator(page_app: FastAPI) -> TestClient:
    client = a_visitor(page_app, accept="text/html")
    sign_in(client, PEOPLE[0])
    return client


@pytest.mark.parametrize("path", ["/", f"/parked/referral/{PARKED_ID}", "/journey"])
def test_a_stranger_is_asked_who_they_are(page_app: FastAPI, path: str) -> None:
    answer = a_visitor(page_app, accept="text/html").get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/")


def test_every_service_is_on_one_screen(operator: TestClient) -> None:
    text = operator.get("/").text

    assert [text.count(name) > 0 for name in ("Discharge", "Referral", "Notify")] == [True] * 3
    assert text.count("1,234") == 3
    assert "Nothing is parked." in text


def test_the_services_hear_the_operators_token(operator: TestClient, services: Services) -> None:
    operator.get("/")

    assert {authorization for *_, authorization in services.said} == {"Bearer an operator's token"}


def test_a_service_that_is_away_is_shown_as_away(operator: TestClient, services: Services) -> None:
    services.away.add("notify")

    answer = operator.get("/")

    assert answer.status_code == 200
    assert answer.text.count("No answer") == 1
    assert answer.text.count("Ready") == 2


def test_what_waits_for_a_person_says_why_and_since_when(
    operator: TestClient, services: Services
) -> None:
    services.park("referral")
    services.park("notify", reason="gap", error="", since="2026-11-19T09:30:00+00:00")

    text = " ".join(operator.get("/").text.split())

    assert "could not be handled (care.spells.v1): ValueError" in text
    assert text.index("waits for an earlier record") < text.index("could not be handled")
    assert "since Fri 20 Nov, 09:30" in text


def test_an_operator_lets_a_key_try_again(operator: TestClient, services: Services) -> None:
    services.park("referral")

    answer = operator.post(f"/parked/referral/{PARKED_ID}/release", headers=OWN_SITE)

    assert answer.status_code == 303
    assert services.said[-1][:3] == ("POST", "referral", f"/operations/parked/{PARKED_ID}/release")
    assert "2 went through, 1 still wait." in operator.get(answer.headers["location"]).text


def test_giving_a_record_up_is_explained_first(operator: TestClient, services: Services) -> None:
    services.park("referral")
    assert f'href="/parked/referral/{PARKED_ID}/discard"' in operator.get("/").text

    text = " ".join(operator.get(f"/parked/referral/{PARKED_ID}/discard").text.split())

    assert "Referral will never act on this record." in text
    assert "The record behind it follows at once." in text
    assert services.decided == []


def test_an_operator_gives_a_record_up_with_a_reason_and_their_name(
    operator: TestClient, services: Services
) -> None:
    services.park("referral")

    answer = operator.post(
        f"/parked/referral/{PARKED_ID}/discard", data={"reason": " Sent twice "}, headers=OWN_SITE
    )

    assert answer.status_code == 303
    assert services.decided == [{"by": "Robin Ashe, Operators", "reason": "Sent twice"}]
    text = operator.get(answer.headers["location"]).text
    assert "The record was given up. Of those behind it 2 went through, 1 still wait." in text


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_without_a_reason_no_record_is_given_up(
    operator: TestClient, services: Services, reason: str
) -> None:
    services.park("referral")

    answer = operator.post(
        f"/parked/referral/{PARKED_ID}/discard", data={"reason": reason}, headers=OWN_SITE
    )

    assert answer.status_code == 422
    assert 'href="#reason"' in answer.text
    assert services.decided == []


def test_a_record_that_only_waits_cannot_be_given_up(
    operator: TestClient, services: Services
) -> None:
    services.park("referral")

    text = operator.get(f"/parked/referral/{PARKED_ID}").text
    answer = operator.get(f"/parked/referral/{BEHIND_ID}/discard")

    assert text.count("/discard") == 1
    assert answer.status_code == 422
    assert "it waits for an earlier one" in answer.text


def test_another_site_cannot_press_the_button(operator: TestClient, services: Services) -> None:
    services.park("referral")

    answer = operator.post(
        f"/parked/referral/{PARKED_ID}/release", headers={"origin": "https://elsewhere.example"}
    )

    assert answer.status_code == 403
    assert services.said == []


def test_what_waits_behind_a_key_is_shown_without_its_contents(
    operator: TestClient, services: Services
) -> None:
    services.park("referral")

    text = operator.get(f"/parked/referral/{PARKED_ID}").text

    assert "care.spells.v1, partition 2, offset 41" in text
    assert "spell:019a, number 2" in text
    assert "Could not be handled: ValueError" in text
    assert "Fri 20 Nov, 09:30" in text


@pytest.mark.parametrize(("service", "status"), [("referral", 404), ("nobody", 404)])
def test_what_is_not_there_is_a_page_that_says_so(
    operator: TestClient, service: str, status: int
) -> None:
    answer = operator.get(f"/parked/{service}/{PARKED_ID}")

    assert answer.status_code == status
    assert "There is " in answer.text


def test_a_service_that_is_away_during_a_release_is_no_fault_of_ours(
    operator: TestClient, services: Services
) -> None:
    services.away.add("referral")

    answer = operator.post(f"/parked/referral/{PARKED_ID}/release", headers=OWN_SITE)

    assert answer.status_code == 422
    assert "The service does not answer" in answer.text


def test_one_journey_is_told_in_time_order(operator: TestClient, services: Services) -> None:
    services.away.add("notify")

    text = operator.get("/journey", params={"reference": f" {JOURNEY} "}).text

    assert text.index("referral.spoke") < text.index("discharge.spoke")
    assert "Notify does not answer: its part is missing here." in text


def test_a_reference_of_another_form_is_a_fault_at_its_field(operator: TestClient) -> None:
    answer = operator.get("/journey", params={"reference": "<b>"})

    assert answer.status_code == 422
    text = " ".join(answer.text.split())
    assert text.count("Enter a reference as pages and logs show it") == 2
    assert 'href="#reference"' in text
    assert "<b>" not in text


def test_nobody_knows_an_unknown_journey(operator: TestClient) -> None:
    answer = operator.get("/journey", params={"reference": PARKED_ID})

    assert "No service knows this journey." in answer.text
