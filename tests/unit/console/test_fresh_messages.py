"""Old messages said anew, as if they had just happened."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.console.messages import fresh_fhir, fresh_hl7
from services.console.messages.fresh import AGO, freshen
from services.console.messages.message import FhirMessage, Hl7Message, read_message

SAMPLES = Path(__file__).parents[3] / "samples"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def edna(letter: str) -> Hl7Message:
    message = read_message(SAMPLES / f"frail-78-{letter}.hl7")
    assert isinstance(message, Hl7Message)
    return message


def tom() -> FhirMessage:
    message = read_message(SAMPLES / "asthma-34-discharge.json")
    assert isinstance(message, FhirMessage)
    return message


def fields(message: Hl7Message, name: str) -> list[str]:
    segment = next(found for found in message.segments if found.startswith(name))
    return segment.split("|")


def fresh(*messages: Hl7Message | FhirMessage, new_stay: bool = False) -> list:
    return freshen(messages, NOW, new_stay=new_stay)


def test_the_discharge_happened_a_few_minutes_ago() -> None:
    [message] = fresh(edna("a03"))

    assert fresh_hl7.discharged_at(message) == NOW - AGO


def test_an_admission_stays_as_long_before_its_discharge_as_it_was() -> None:
    before = fresh_hl7.discharged_at(edna("a03")) - fresh_hl7.latest_moment(edna("a01"))

    admission, discharge = fresh(edna("a01"), edna("a03"))

    assert fresh_hl7.discharged_at(discharge) - fresh_hl7.latest_moment(admission) == before


def test_an_admission_alone_was_sent_a_few_minutes_ago() -> None:
    [message] = fresh(edna("a01"))

    assert fresh_hl7.latest_moment(message) == NOW - AGO


def test_two_stays_move_each_by_their_own() -> None:
    first, second = fresh(edna("a03"), tom())

    assert fresh_hl7.discharged_at(first) == fresh_fhir.discharged_at(second) == NOW - AGO


def test_each_message_gets_a_control_id_of_its_own() -> None:
    first, second = fresh(edna("a01"), edna("a03"))

    ids = {fields(message, "MSH")[9] for message in (first, second, edna("a01"), edna("a03"))}
    assert len(ids) == 4
    assert all(len(found) <= 20 for found in ids)


def test_who_the_patient_is_and_when_they_were_born_stays() -> None:
    [message] = fresh(edna("a03"))

    assert fields(message, "PID") == fields(edna("a03"), "PID")
    assert fields(message, "NK1") == fields(edna("a03"), "NK1")


def test_the_stay_keeps_its_number_unless_it_is_another_stay() -> None:
    [same] = fresh(edna("a03"))
    first, second = fresh(edna("a01"), edna("a03"), new_stay=True)

    assert fields(same, "PV1")[19] == "SP-88013"
    assert fields(first, "PV1")[19] == fields(second, "PV1")[19] != "SP-88013"


def test_references_inside_a_bundle_still_meet() -> None:
    [message] = fresh(tom())

    old, new = tom().bundle, message.bundle
    places = {entry["fullUrl"] for entry in new["entry"]}
    assert new["entry"][0]["resource"]["focus"][0]["reference"] in places
    assert new["id"] != old["id"]
    assert places.isdisjoint(entry["fullUrl"] for entry in old["entry"])


def test_a_bundle_keeps_everything_that_is_no_moment_and_no_id() -> None:
    [message] = fresh(tom(), new_stay=False)

    text = json.dumps(message.bundle)
    assert '"birthDate": "1992-05-17"' in text
    assert "SP-90177" in text
    assert "9995000598" in text


def test_another_stay_in_a_bundle_has_another_number() -> None:
    [message] = fresh(tom(), new_stay=True)

    assert fresh_fhir.visit(message).startswith("SP-90177-")


@pytest.mark.parametrize(
    ("stamp", "moved"),
    [
        ("20260908112000", "20260908122000"),
        ("202609081120", "202609081220"),
        ("20260908112000+0000", "20260908132000+0100"),
        ("20260908", "20260908"),
        ("", ""),
    ],
)
def test_a_moment_keeps_its_precision_and_its_form(stamp: str, moved: str) -> None:
    message = Hl7Message("x", (f"EVN|A03|{stamp}",))

    renewed = fresh_hl7.renew(message, timedelta(hours=1), "C1", lambda number: number)

    assert renewed.segments == (f"EVN|A03|{moved}",)
