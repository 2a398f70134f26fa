from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.settings import SettingsError
from services.discharge.config import DischargeSettings
from services.discharge.domain.national import (
    LAGGING_TRIES,
    MOST_TRIES,
    Circuit,
    Found,
    RecordAway,
    Strange,
    pause_after,
)
from services.discharge.inbound.national.cloud_events import read_cloud_event
from services.discharge.inbound.national.record import read_record
from services.discharge.outbound.event_kinds import read_event_kinds
from services.discharge.outbound.pds import Pds
from services.discharge.usecases.read_national_record import read_national_record
from tests.support.fake_pds import API_KEY, a_fake_pds, a_patient
from tests.support.national import a_due, an_event

NUMBER = "9995000385"
EVENT = an_event(NUMBER, time="2026-09-17T09:00:00Z")
STRUCTURED = {"content-type": "application/cloudevents+json; charset=UTF-8"}


def binary(**changed: str) -> dict[str, str]:
    said = EVENT | changed
    names = ("specversion", "id", "source", "type", "time", "subject")
    return {f"ce-{name}": str(said[name]) for name in names}


def test_an_event_says_the_same_in_both_modes():
    one = read_cloud_event(STRUCTURED, orjson.dumps(EVENT))
    other = read_cloud_event(binary(), b"")

    assert one == other
    assert one.nhs_number() == NUMBER
    assert one.time == datetime(2026, 9, 17, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "subject", ["9995000385", "999 500 0385", f"https://fhir.nhs.uk/Id/nhs-number|{NUMBER}"]
)
def test_the_subject_is_read_as_it_is_written_in_practice(subject: str):
    assert read_cloud_event(binary(subject=subject), b"").nhs_number() == NUMBER


@pytest.mark.parametrize("subject", ["9995000384", "", "patient", "99950003850", "٩٩٩٥٠٠٠٣٨٥"])
def test_a_subject_that_is_no_nhs_number_is_refused_and_not_repeated(subject: str):
    with pytest.raises(Refusal) as refusal:
        read_cloud_event(STRUCTURED, orjson.dumps(EVENT | {"subject": subject})).nhs_number()

    assert refusal.value.code == "national.no_nhs_number"
    assert not subject or subject not in refusal.value.sentence


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (STRUCTURED, b"{"),
        (STRUCTURED, b"[]"),
        (STRUCTURED, orjson.dumps(EVENT | {"specversion": "0.3"})),
        (STRUCTURED, orjson.dumps(EVENT | {"id": "with\nbreak"})),
        (STRUCTURED, orjson.dumps(EVENT | {"source": ""})),
        (STRUCTURED, orjson.dumps(EVENT | {"time": "yesterday"})),
        (STRUCTURED, orjson.dumps(EVENT | {"time": "2026-09-17T09:00:00"})),
        ({"content-type": "application/cloudevents-batch+json"}, orjson.dumps([EVENT])),
        ({"content-type": "application/cloudevents+xml"}, b"<event/>"),
        ({"content-type": "application/json"}, orjson.dumps(EVENT)),
        ({}, b""),
    ],
)
def test_what_is_no_cloud_event_is_refused_without_repeating_it(headers, body):
    with pytest.raises(Refusal) as refusal:
        read_cloud_event(headers, body)

    assert refusal.value.code == "national.not_a_cloud_event"
    assert NUMBER not in refusal.value.sentence
    assert refusal.value.__cause__ is None


def test_a_death_comes_before_everything_else_and_a_proxy_role_is_only_noted():
    kinds = read_event_kinds()

    assert kinds["pds-death-notification-2"].death
    assert kinds["pds-change-of-gp-2"].fetch
    assert kinds["nhs-number-change-2"].fetch
    assert not kinds["vrs-proxy-role-changed-1"].fetch


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_record_of_any_form_is_read_or_asked_for_again(rubbish):
    patient = a_patient(NUMBER)
    for place in ("identifier", "meta", "name", "address", "generalPractitioner", "extension"):
        incoming = read_record(
            Found(orjson.dumps(patient | {place: rubbish}, option=orjson.OPT_NON_STR_KEYS)),
            a_due(NUMBER),
            datetime(2026, 9, 17, tzinfo=UTC),
        )
        assert incoming is not None
        assert incoming.statement.person.nhs_number == NUMBER
    assert read_record(Found(orjson.dumps(rubbish)), a_due(NUMBER), datetime.now(UTC)) is None


def test_a_record_that_is_away_is_asked_less_and_less_and_at_once_again_when_it_is_back():
    circuit = Circuit()

    assert [circuit.fail() for _ in range(6)] == [1, 2, 4, 8, 15, 15]
    circuit.mend()
    assert circuit.closed
    assert circuit.fail(asked_for=20) == 20


def test_a_lagging_copy_has_caught_up_before_a_minute_is_over():
    assert sum(pause_after(tries) for tries in range(1, LAGGING_TRIES)) < 30


def test_a_death_never_waits_a_minute_for_a_record_that_is_back():
    circuit = Circuit()

    assert max(circuit.fail() for _ in range(100)) < 60


async def test_an_answer_that_never_makes_sense_ends_in_front_of_a_person():
    async def ask(_):
        return Strange("unexpected-status")

    again = await read_national_record(a_due(NUMBER, tries=3), ask, read_record, None)
    over = await read_national_record(a_due(NUMBER, tries=MOST_TRIES), ask, read_record, None)

    assert (again.ending, again.pause, again.counts) == (None, 8, True)
    assert (over.ending, over.reason) == ("failed", "unexpected-status")


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [("too-many", "too-many"), ("failing", "failing"), ("cut-off", "cut-off"), ("slow", "timeout")],
)
async def test_a_record_in_trouble_says_only_that(trouble, reason, monkeypatch):
    monkeypatch.setattr("services.discharge.outbound.pds.PATIENCE_SECONDS", 0.3)
    async with a_fake_pds() as fake:
        fake.holds(a_patient(NUMBER))
        fake.trouble = trouble
        record = Pds(fake.url, API_KEY)
        with pytest.raises(RecordAway) as away:
            await record.patient(NUMBER)
        await record.close()

    assert away.value.reason == reason
    assert away.value.__cause__ is None
    assert away.value.seconds == (1.0 if trouble == "too-many" else None)


def test_a_live_site_asks_for_records_in_private_only():
    given = {
        "environment": "live",
        "database_url": "postgresql:///nowhere",
        "kafka_bootstrap": "localhost:1",
        "kafka_security": "SSL",
        "http_port": 0,
        "site_secret": "s" * 40,
        "session_secret": "t" * 40,
    }

    with pytest.raises(SettingsError, match="BATON_PDS_URL without https"):
        DischargeSettings(**given, pds_url="http://pds.example/FHIR/R4")
    assert DischargeSettings(**given, pds_url="https://pds.example/R4/").pds_url.endswith("/R4")


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        ("{}", "wrong", "refused-us"),
        ("{}/elsewhere", API_KEY, "wrong-place"),
        ("http://127.0.0.1:1", API_KEY, "unreachable"),
    ],
)
async def test_a_mistake_of_ours_is_no_fact_about_a_person(url, key, reason):
    async with a_fake_pds() as fake:
        record = Pds(url.format(fake.url), key)
        with pytest.raises(RecordAway, match=reason):
            await record.patient(NUMBER)
        await record.close()
