"""What is no message for us is refused in BaRS's words, and an answer tells nobody who it is about."""

import base64
import copy
import random
from uuid import uuid4

import pytest

from tests.integration.referral.bars_door import PODIATRY, issue, refer, send
from tests.support.bars import (
    NHS_NUMBER,
    a_referral,
    changed,
    part,
    with_document,
)

SECRETS = (NHS_NUMBER, "Marsden", "Ruth", "1981-04-09", "forefoot")


@pytest.mark.parametrize(
    "said",
    [
        {"hash": base64.b64encode(b"x" * 20).decode()},
        {"data": "not base64!"},
        {"data": ""},
        {"contentType": "text/html"},
    ],
)
async def test_a_damaged_letter_is_refused(house, said):
    answer = await send(house, with_document(a_referral(), **said))

    assert answer.status_code == 422
    assert not await house.said()


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Correlation-Id"])
@pytest.mark.parametrize(("value", "code"), [("", "required"), ("1234", "invalid")])
async def test_a_message_without_its_ids_is_refused(house, name, value, code):
    answer = await send(house, a_referral(), **{name: value})

    assert issue(answer) == (400, "REC_BAD_REQUEST", code)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"NHSD-Target-Identifier": "%%%"}, 400),
        ({"NHSD-Target-Identifier": base64.b64encode(b'{"value": "nowhere"}').decode()}, 200),
        ({"use-context": "a1t1|referral|booking-request|new"}, 400),
        ({"use-context": "one|two"}, 400),
        ({"use-context": "a1t1|referral|servicerequest-request|new"}, 200),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
async def test_headers_must_fit_the_message(house, more, status):
    answer = await send(house, a_referral(), **more)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("bundle", "expected"),
    [
        (a_referral(service="nowhere"), (200, "", "")),
        (a_referral(event="shrug-request"), (422, "REC_UNPROCESSABLE_ENTITY", "not-supported")),
        (a_referral(reason="delete"), (422, "REC_UNPROCESSABLE_ENTITY", "not-supported")),
        (a_referral(sender=""), (422, "REC_UNPROCESSABLE_ENTITY", "required")),
        (
            a_referral(request={"status": "draft"}),
            (422, "REC_UNPROCESSABLE_ENTITY", "business-rule"),
        ),
        (a_referral(request={"status": "banana"}), (400, "REC_BAD_REQUEST", "value")),
        (a_referral(patient={"identifier": []}), (422, "REC_UNPROCESSABLE_ENTITY", "required")),
        (
            a_referral(patient={"deceasedBoolean": True}),
            (422, "REC_UNPROCESSABLE_ENTITY", "business-rule"),
        ),
        (b"{", (400, "REC_BAD_REQUEST", "structure")),
        (b"[]", (400, "REC_BAD_REQUEST", "structure")),
        (b"[" * 6000, (413, "REC_BAD_REQUEST", "too-costly")),
    ],
)
async def test_what_is_wrong_is_said_in_bars_words(house, bundle, expected):
    if expected[0] == 200:
        part(bundle, "HealthcareService").pop("providedBy")
        part(bundle, "MessageHeader").pop("destination")
        expected = (404, "REC_NOT_FOUND", "not-found")

    answer = await send(house, bundle)

    assert issue(answer) == expected
    assert not await house.said()


async def test_only_systems_send_messages(house):
    answer = await send(house, a_referral(), who=PODIATRY)

    assert answer.status_code == 403


async def test_no_answer_and_no_log_line_tells_who_it_is_about(house, capsys):
    bundle, _ = await refer(house)
    texts = []
    for one in (
        bundle,
        changed(bundle, message_id=str(uuid4()), request={"status": "Marsden"}),
        changed(bundle, message_id=str(uuid4()), reason="update", request={"status": "revoked"}),
        a_referral(patient={"birthDate": NHS_NUMBER}),
        a_referral(request={"id": NHS_NUMBER, "status": "Marsden forefoot"}),
    ):
        answer = await send(house, one)
        texts.append(answer.text + str(answer.headers))
    captured = capsys.readouterr()
    outbox = await house.pool.fetch(
        "SELECT to_jsonb(o)::text || convert_from(body, 'UTF8') AS said FROM outbox o"
    )

    everything = " ".join([*texts, captured.out, captured.err, *(row["said"] for row in outbox)])
    assert [secret for secret in SECRETS if secret in everything] == []


async def test_rubbish_is_refused_and_never_a_fault_of_ours(house):
    dice = random.Random(20261005)
    for _ in range(150):
        answer = await send(house, mutated(with_document(a_referral()), dice))
        assert answer.status_code < 500, answer.text


def mutated(bundle, dice):
    """The message with a few of its values, anywhere, made into something else."""
    strange = [
        None,
        "",
        0,
        -1.5,
        True,
        [],
        {},
        "x" * 300,
        "\u202e\x00",
        {"a": [{}]},
        ["a"],
        "urn:uuid:",
    ]
    for _ in range(dice.randint(1, 4)):
        where = bundle
        while True:
            keys = list(where) if isinstance(where, dict) else list(range(len(where)))
            if not keys:
                break
            key = dice.choice(keys)
            if isinstance(where[key], dict | list) and where[key] and dice.random() < 0.85:
                where = where[key]
                continue
            if dice.random() < 0.3:
                del where[key]
            else:
                where[key] = copy.deepcopy(dice.choice(strange))
            break
    return bundle
