"""Answers of the discharge service, in words."""

import json

import pytest

from services.console.messages.answer import read_ack, read_response


def ack(*segments: str) -> bytes:
    return "\r".join(("MSH|^~\\&|BATON|ZTA|PAS|ZTA|2026||ACK^A03^ACK|1|P|2.4", *segments)).encode()


def test_aa_is_accepted() -> None:
    answer = read_ack(ack("MSA|AA|M1"))

    assert answer.accepted
    assert (answer.code, answer.reference, answer.details) == ("AA", "M1", ())


@pytest.mark.parametrize("code", ["AE", "AR", "CE", "CR"])
def test_every_other_code_is_refused(code: str) -> None:
    assert not read_ack(ack(f"MSA|{code}|M1")).accepted


def test_the_reason_is_shown_whichever_version_wrote_it() -> None:
    old = read_ack(
        ack("MSA|AE|M1|Required field missing", "ERR|PID^1^3^101&Required field missing")
    )
    new = read_ack(
        ack(
            "MSA|AE|M1",
            "ERR||PID^1^3|101^Required field missing|E||||The patient has no identifier",
        )
    )

    assert old.details[0] == "Required field missing"
    assert new.details == ("The patient has no identifier",)


def test_an_answer_without_msa_is_no_acceptance() -> None:
    assert not read_ack(b"").accepted


def test_a_message_bundle_says_ok() -> None:
    said = {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "MessageHeader",
                    "response": {"identifier": "h1", "code": "ok"},
                }
            }
        ],
    }

    answer = read_response(200, json.dumps(said).encode())

    assert answer.accepted
    assert (answer.code, answer.reference) == ("ok", "h1")


def test_a_fatal_error_is_refused_even_with_200() -> None:
    said = {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "MessageHeader",
                    "response": {"identifier": "h1", "code": "fatal-error"},
                }
            }
        ],
    }

    assert not read_response(200, json.dumps(said).encode()).accepted


def test_an_operation_outcome_names_the_place() -> None:
    said = {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "required",
                "diagnostics": "missing",
                "expression": ["Bundle.entry"],
            }
        ],
    }

    answer = read_response(400, json.dumps(said).encode())

    assert not answer.accepted
    assert answer.details == ("missing (Bundle.entry)",)


def test_what_is_not_json_is_no_acceptance() -> None:
    assert not read_response(502, b"<html>").accepted
