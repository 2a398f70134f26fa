import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import getitem
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from services.discharge.domain.message import ACCEPTED, CLASH, INTERNAL_ERROR, Answer, Outcome
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.fhir.message import read_fhir
from services.discharge.inbound.fhir.responses import respond
from tests.fuzz.fhir_promises import keep_promises
from tests.support.bundles import ENCOUNTER, HEADER, PATIENT, answer, changed, issues
from tests.support.hospital import a_notification, a_sample, as_json


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1,2",
        b"[" * 2_000,
        b'{"a":' * 2_000,
        b"1" * 5000,
        b"1e999",
        b"\xff\xfe",
        b"<Bundle/>",
    ],
    ids=[
        "empty",
        "cut",
        "cut list",
        "deep list",
        "deep object",
        "huge number",
        "infinite",
        "bytes",
        "xml",
    ],
)
def test_what_is_not_json_gets_an_outcome_that_says_so(body):
    status, found = issues(body)

    assert status == 400
    assert found[0]["code"] == "structure"


@pytest.mark.parametrize(
    "document",
    [[], "Bundle", None, 7, {}, {"resourceType": "Patient"}, {"resourceType": ["Bundle"]}],
)
def test_json_that_is_no_bundle_is_refused(document):
    assert issues(document)[0] == 400


@pytest.mark.parametrize(
    ("document", "expression", "code"),
    [
        (changed(("type",), "collection"), "Bundle.type", "value"),
        (changed(("type",), None), "Bundle.type", "required"),
        (changed((*ENCOUNTER, "status"), "gone"), "Bundle.entry[1].resource.status", "value"),
        (changed((*ENCOUNTER, "class"), None), "Bundle.entry[1].resource.class", "required"),
        (
            changed((*ENCOUNTER, "period", "end"), "8 September"),
            "Bundle.entry[1].resource.period.end",
            "value",
        ),
        (changed((*PATIENT, "birthDate"), "soon"), "Bundle.entry[2].resource.birthDate", "value"),
        (
            changed((*PATIENT, "name", 0, "given"), "Peter"),
            "Bundle.entry[2].resource.name[0].given",
            "value",
        ),
        (
            changed((*HEADER, "eventCoding", "code"), "notification-birth"),
            "Bundle.entry[0].resource.eventCoding",
            "not-supported",
        ),
        (changed((*HEADER, "focus"), []), "Bundle.entry[0].resource.focus", "required"),
        (
            changed((*ENCOUNTER, "subject", "reference"), "urn:uuid:nobody"),
            "Bundle.entry[1].resource.subject",
            "required",
        ),
    ],
)
def test_a_message_at_fault_is_told_which_element(document, expression, code):
    status, body = answer(document)

    assert status == 422
    assert body["entry"][0]["resource"]["response"]["code"] == "fatal-error"
    (issue,) = body["entry"][1]["resource"]["issue"]
    assert issue["expression"] == [expression]
    assert issue["code"] == code
    assert expression in issue["diagnostics"]


def test_without_a_readable_header_the_answer_is_an_outcome():
    status, found = issues(changed((*HEADER, "eventCoding"), None))

    assert status == 422
    assert found[0]["expression"] == ["Bundle.entry[0].resource.eventCoding"]


def test_every_fault_is_named_at_once():
    document = changed((*PATIENT, "birthDate"), "soon")
    document["type"] = "collection"
    document["entry"][1]["resource"]["status"] = "gone"

    status, found = issues(document)

    assert status == 422
    assert [issue["expression"] for issue in found] == [
        ["Bundle.type"],
        ["Bundle.entry[1].resource.status"],
        ["Bundle.entry[2].resource.birthDate"],
    ]


def test_an_unknown_event_about_nobody_is_told_both():
    document = changed((*HEADER, "eventCoding", "code"), "notification-birth")
    document["entry"][0]["resource"]["focus"] = []

    assert [issue["code"] for issue in issues(document)[1]] == ["not-supported", "required"]


def test_a_first_entry_of_another_kind_is_a_matter_of_structure():
    document = a_notification()
    document["entry"].reverse()

    status, found = issues(document)

    assert status == 400
    assert found[0]["expression"] == ["Bundle.entry[0].resource"]


def test_a_thousand_faults_are_told_as_twenty():
    document = a_notification(more=[{"resourceType": "Flag"}] * 400)

    status, found = issues(document)

    assert status == 422
    assert len(found) == 20


def test_no_answer_repeats_what_was_sent():
    document = changed((*PATIENT, "birthDate"), "SECRET-BIRTHDAY")
    document["entry"][2]["resource"]["name"][0]["family"] = ["SECRET-NAME"]

    status, body = answer(document)

    assert status == 422
    assert "SECRET" not in json.dumps(body)


def test_an_answer_is_a_valid_message_and_names_what_it_answers():
    status, body = answer(a_notification())

    assert status == 200
    message = Bundle.model_validate(body)
    assert message.entry[0].resource.response.code == "ok"
    assert (
        message.entry[0].resource.response.identifier
        == a_notification()["entry"][0]["resource"]["id"]
    )


def test_a_refusal_is_a_valid_message_with_its_outcome_inside():
    _, body = answer(changed((*HEADER, "focus"), []))

    message = Bundle.model_validate(body)
    header, outcome = (entry.resource for entry in message.entry)
    assert header.response.details.reference == message.entry[1].fullUrl
    assert outcome.issue[0].severity == "error"


def test_more_entries_than_anybody_needs_are_refused_cheaply():
    document = a_notification()
    document["entry"] += [{"resource": {}}] * 10_000

    status, found = issues(document)

    assert status == 413
    assert found[0]["code"] == "too-costly"


def test_what_was_taken_in_with_doubts_is_answered_with_them():
    status, body = answer(a_notification(destination="999", encounter={"identifier": []}))

    assert status == 200
    message = Bundle.model_validate(body)
    header, outcome = (entry.resource for entry in message.entry)
    assert header.response.code == "ok"
    assert header.response.details.reference == message.entry[1].fullUrl
    assert [(issue.severity, issue.code) for issue in outcome.issue] == [
        ("information", "informational")
    ] * 2
    assert outcome.issue[0].expression == ["Encounter.hospitalization"]


def test_a_resend_is_told_what_was_told_at_first():
    said_before_its_time = a_notification(end="2026-09-09T14:30:00+01:00")
    first = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
    known = {"message_id": UUID(int=1), "repeated": True}

    told = answer(said_before_its_time, received_at=first, **known)
    later = Arrival(first + timedelta(days=1), "http", "hospital")
    incoming, reading = read_fhir(as_json(said_before_its_time), later)
    again = respond(incoming, reading, Outcome(UUID(int=1), first, ACCEPTED, repeated=True))

    assert "time-in-future:Encounter.period.end" not in incoming.flags
    assert (again[0], json.loads(again[1])) == told
    assert "time-in-future" in str(told)


def test_another_bundle_with_a_taken_id_is_a_conflict():
    status, body = answer(a_notification(), stored=CLASH, clash=True)

    assert status == 409
    assert body["entry"][0]["resource"]["response"]["code"] == "fatal-error"
    assert body["entry"][1]["resource"]["issue"][0]["code"] == "duplicate"


@pytest.mark.parametrize(
    ("error", "issue", "status"),
    [
        (100, "structure", 400),
        (101, "required", 422),
        (201, "not-supported", 422),
        (999, "processing", 422),
    ],
)
def test_what_was_refused_once_is_refused_alike_even_if_it_would_be_read_today(
    error, issue, status
):
    kept = Answer("AE", error, "Bundle.entry[0]", "said then")

    assert answer(a_notification(), stored=kept, repeated=True)[0] == status
    _, body = answer(a_notification(), stored=kept, repeated=True)
    assert body["entry"][1]["resource"]["issue"] == [
        {
            "severity": "error",
            "code": issue,
            "diagnostics": "said then",
            "expression": ["Bundle.entry[0]"],
        }
    ]


def test_a_fault_of_ours_may_be_tried_again():
    status, body = answer(a_notification(), stored=Answer("AR", INTERNAL_ERROR, "", "ours"))

    assert status == 503
    assert body["entry"][0]["resource"]["response"]["code"] == "transient-error"
    assert body["entry"][1]["resource"]["issue"][0]["code"] == "transient"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.integers(-(2**70), 2**70).filter(lambda number: -(2**63) <= number < 2**64),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = part.items() if isinstance(part, dict) else enumerate(part)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, (dict, list)):
            yield from _places(inner, (*path, step))


EVERYTHING = json.loads(a_sample("asthma-34-discharge.json"))
PLACES = list(_places(EVERYTHING))


@given(st.sampled_from(PLACES), json_values)
@settings(max_examples=400)
def test_whatever_stands_in_an_element_there_is_an_answer(path, value):
    document = copy.deepcopy(EVERYTHING)
    *steps, last = path
    part = document
    for step in steps:
        part = part[step]
    part[last] = value

    keep_promises(as_json(document))


@given(st.sampled_from(PLACES), st.sampled_from(PLACES))
@settings(max_examples=300)
def test_whatever_is_missing_or_in_the_wrong_place_there_is_an_answer(one, other):
    document = copy.deepcopy(EVERYTHING)
    moved = reduce(getitem, one, EVERYTHING)
    with suppress(LookupError, TypeError):
        reduce(getitem, other[:-1], document)[other[-1]] = moved
        del reduce(getitem, one[:-1], document)[one[-1]]

    keep_promises(as_json(document))


@given(json_values)
def test_whatever_json_comes_there_is_an_answer(value):
    keep_promises(as_json(value))


@given(st.integers(0, 3000), st.integers(0, 3000), st.binary(max_size=20))
@settings(max_examples=300)
def test_whatever_bytes_come_there_is_an_answer(start, length, rubbish):
    body = a_sample("asthma-34-discharge.json")

    keep_promises(body[:start] + rubbish + body[start + length :])
