"""The fake national record answers as the real one is recorded to answer, and the reader reads both."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.discharge.domain.national import Due, Found, Missing, RecordAway
from services.discharge.inbound.national.record import read_record
from services.discharge.outbound.pds import Pds
from tests.support.fake_pds import API_KEY, FakePds, a_fake_pds, a_patient
from tests.support.national import a_due

RECORDED = Path(__file__).parent / "pds"
NAMES = sorted(path.stem for path in RECORDED.glob("*.json"))
NOW = datetime(2026, 9, 17, 9, 0, 1, tzinfo=UTC)


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return found


def asked_for(name: str) -> str:
    return str(recorded(name)["asked"].rpartition("/")[2])


def shape(value: Any, at: str = "") -> Iterator[str]:
    """Every place in a document, whatever stands there; extensions are told by their address."""
    if isinstance(value, dict):
        at += f"<{value['url'].rpartition('/')[2]}>" if "url" in value else ""
        for name, inner in value.items():
            yield from shape(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from shape(inner, f"{at}[]")
    else:
        yield at


def in_the_situation(name: str, fake: FakePds) -> None:
    """The fake, as it has to be for what was recorded."""
    number = asked_for(name)
    death = {"deceased-informal": "1", "deceased-formal": "2", "death-removed": "U"}.get(name, "")
    died = "2026-09-16T00:00:00+00:00" if death in {"1", "2"} else ""
    match name:
        case "not-found":
            pass
        case "invalidated":
            fake.invalidated.add(number)
        case "superseded":
            fake.superseded[number] = recorded(name)["body"]["id"]
            fake.holds(a_patient(fake.superseded[number]))
        case "restricted":
            fake.holds(a_patient(number, security="R"))
        case "too-many" | "failing":
            fake.trouble = name
        case _:
            fake.holds(a_patient(number, died=died, death_status=death))


@pytest.mark.parametrize("name", NAMES)
async def test_the_fake_answers_as_the_record_is_recorded_to(name: str) -> None:
    real = recorded(name)
    async with a_fake_pds() as fake, httpx2.AsyncClient() as http:
        in_the_situation(name, fake)
        said = await http.get(
            f"{fake.url}/Patient/{asked_for(name)}",
            headers={"apikey": API_KEY, "X-Request-ID": str(uuid4())},
        )

    assert said.status_code == real["status"]
    assert {each.lower() for each in real["headers"]} <= set(said.headers)
    assert set(shape(said.json())) <= set(shape(real["body"]))
    if real["status"] == 200:
        assert said.json()["id"] == real["body"]["id"]
    else:
        [told], [meant] = said.json()["issue"], real["body"]["issue"]
        assert told["code"] == meant["code"]
        assert told["details"]["coding"][0]["code"] == meant["details"]["coding"][0]["code"]


def as_recorded(name: str) -> httpx2.MockTransport:
    real = recorded(name)
    return httpx2.MockTransport(
        lambda _: httpx2.Response(real["status"], headers=real["headers"], json=real["body"])
    )


async def ask(name: str) -> Found | Missing:
    record = Pds("https://pds.example/FHIR/R4", "key", as_recorded(name))
    reply = await record.patient(asked_for(name))
    assert isinstance(reply, Found | Missing)
    return reply


def due(name: str, type_: str = "pds-change-of-gp-2", tries: int = 1) -> Due:
    return a_due(asked_for(name), type_, tries)


async def words(name: str) -> dict[str, Any]:
    incoming = read_record(await ask(name), due(name), NOW)
    assert incoming is not None
    assert incoming.statement is not None
    return dict(incoming.statement.person.words)


async def test_a_person_is_read_in_full() -> None:
    assert await words("patient") == {
        "identifiers": [{"system": "nhs", "value": "9995000385"}],
        "nhs_number_verification": "01",
        "name": {"family": "Lindqvist", "given": "Amara", "prefix": "Mrs"},
        "restricted": False,
        "address": {
            "lines": [
                "1 Example Square",
                "Sample Lane",
                "City Centre",
                "Fellside",
                "Madeupshire",
            ],
            "postcode": "ZZ99 3VZ",
        },
        "practice": "Z90002",
        "pharmacy": "FZZ01",
    }


async def test_of_a_restricted_person_no_whereabouts_are_said() -> None:
    said = await words("restricted")

    assert said["restricted"] is True
    assert said["address"] is None
    assert not {"practice", "pharmacy", "contact_points"} & said.keys()


@pytest.mark.parametrize(
    ("name", "status"), [("deceased-informal", "informal"), ("deceased-formal", "formal")]
)
async def test_a_death_is_read_with_its_time_and_how_it_became_known(
    name: str, status: str
) -> None:
    said = await words(name)

    assert said["deceased"] is True
    assert said["deceased_at"] == "2026-09-16T00:00:00+00:00"
    assert said["death_status"] == status


async def test_a_death_that_was_taken_back_says_nothing_of_being_alive() -> None:
    reply = await ask("death-removed")
    incoming = read_record(reply, due("death-removed", "pds-death-notification-2"), NOW)

    assert incoming is not None
    assert incoming.statement is not None
    assert incoming.statement.person.words["death_status"] == "removed"
    assert "deceased" not in incoming.statement.person.words
    assert incoming.flags == ("death-taken-back:Patient.extension",)


async def test_another_number_than_the_one_asked_for_is_a_merge() -> None:
    incoming = read_record(await ask("superseded"), due("superseded", "nhs-number-change-2"), NOW)

    assert incoming is not None
    said = incoming.statement
    assert said is not None
    assert (said.happening, said.stay) == ("merged", None)
    assert said.person.nhs_number == "9995000385"
    assert said.formerly is not None
    assert said.formerly.nhs_number == "9995000873"


@pytest.mark.parametrize(
    ("name", "flag", "verification"),
    [
        ("not-found", "national-record-missing:Patient", "04"),
        ("invalidated", "national-record-invalidated:Patient", "05"),
    ],
)
async def test_a_number_that_the_record_does_not_stand_by_is_not_verified_any_more(
    name: str, flag: str, verification: str
) -> None:
    incoming = read_record(await ask(name), due(name), NOW)

    assert incoming is not None
    assert incoming.statement is not None
    assert incoming.flags == (flag,)
    assert incoming.statement.person.words == {"nhs_number_verification": verification}


@pytest.mark.parametrize(("name", "reason"), [("too-many", "too-many"), ("failing", "failing")])
async def test_a_record_in_trouble_is_away_for_everybody(name: str, reason: str) -> None:
    with pytest.raises(RecordAway, match=reason):
        await ask(name)


async def test_a_death_that_the_record_does_not_show_yet_is_asked_for_again() -> None:
    reply = await ask("patient")
    early = due("patient", "pds-death-notification-2", tries=1)
    late = due("patient", "pds-death-notification-2", tries=4)

    assert read_record(reply, early, NOW) is None
    incoming = read_record(reply, late, NOW)
    assert incoming is not None
    assert incoming.statement is not None
    assert incoming.statement.person.words["death_status"] == "removed"
