import copy
import json
import time

import pytest

from services.discharge.inbound.fhir.bundle import MOST_PARTS, MOST_VALUES
from services.discharge.inbound.fhir.models import MOST_ENTRIES
from tests.support.bundles import answer
from tests.support.hospital import a_notification, a_sample, as_json

MEBIBYTE = 1024 * 1024
SAMPLE = json.loads(a_sample("asthma-34-discharge.json"))
LONGEST_SECONDS = 0.05
"""What answering a message may cost the others that wait, however it was made."""


def with_entries(number, resource):
    return SAMPLE | {"entry": SAMPLE["entry"] + [{"resource": resource}] * number}


def with_extensions(*extensions):
    document = copy.deepcopy(SAMPLE)
    document["entry"][2]["resource"]["extension"] = list(extensions)
    return document


def nested(depth):
    extension = {"url": "a"}
    for _ in range(depth):
        extension = {"url": "a", "extension": [extension]}
    return extension


def a_tree(levels):
    extension = {"url": "a"}
    for _ in range(levels):
        extension = {"url": "a", "extension": [extension] * 17}
    return extension


BOMBS = {
    "lists in lists": b"[" * 100_000,
    "objects in objects": b'{"a":' * 100_000,
    "empty lists": b"[" + b"[]," * 300_000 + b"[]]",
    "empty objects": b"[" + b"{}," * 300_000 + b"{}]",
    "numbers": b"[" + b"1," * 400_000 + b"1]",
    "names": as_json({str(number): 1 for number in range(60_000)}),
    "one huge integer": b"1" * MEBIBYTE,
    "a bundle of huge integers": as_json(SAMPLE).replace(b'"9995000598"', b"9" * 5_000),
    "one long text": as_json(a_notification(patient={"name": [{"family": "x" * 900_000}]})),
    "twenty thousand entries": as_json(with_entries(20_000, {})),
    "as many patients as fit": as_json(with_entries(MOST_ENTRIES - 5, {"resourceType": "Patient"})),
    "as many faults as fit": as_json(
        with_entries(MOST_ENTRIES - 5, {"resourceType": "Patient", "name": [{"given": [1] * 20}]})
    ),
    "as much of one kind as fits": as_json(
        with_entries(
            MOST_ENTRIES - 5, {"resourceType": "Condition", "code": {"coding": [{"code": "1"}] * 8}}
        )
    ),
    "extensions in extensions": as_json(with_extensions(nested(100))),
    "a tree of extensions": as_json(with_extensions(a_tree(2), *[a_tree(2)] * 17)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_nothing_that_fits_through_the_door_holds_the_others_up(name):
    body = BOMBS[name]
    seconds = []
    for _ in range(3):
        started = time.thread_time()
        status, _ = answer(body)
        seconds.append(time.thread_time() - started)

    assert len(body) <= MEBIBYTE
    assert status in {200, 400, 413, 422}
    assert min(seconds) < LONGEST_SECONDS


@pytest.mark.parametrize(
    "body",
    [
        b'{"resourceType":"Bundle","a":[' + b"{}," * MOST_PARTS + b"{}]}",
        b'{"resourceType":"Bundle","a":[' + b"1," * MOST_VALUES + b"1,1]}",
    ],
    ids=["parts", "values"],
)
def test_more_than_anybody_needs_is_refused_before_it_is_read(body):
    status, outcome = answer(body)

    assert status == 413
    assert outcome["issue"][0]["code"] == "too-costly"
