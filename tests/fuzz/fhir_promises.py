"""What reading FHIR keeps to whatever the bytes are."""

import json
import re
from typing import Any

from services.discharge.domain.message import Incoming, Outcome
from services.discharge.inbound.fhir.message import read_fhir
from services.discharge.inbound.fhir.responses import respond
from tests.support.bundles import ARRIVAL
from tests.support.texts import texts_in

_FLAG = re.compile(r"[a-z][a-z-]*(:[A-Z][A-Za-z]*(\.[A-Za-z]+)*)?\Z", re.ASCII)
_PLACE = re.compile(r"(Bundle|Patient|Encounter)?(\.[A-Za-z]+(\[\d+\])?)*\Z", re.ASCII)
_SEVERITIES = {"AA": "information", "AE": "error", "AR": "error"}
_LONGEST = 2_000


def keep_promises(body: bytes) -> Incoming:
    """Read it and answer it; raises when a promise is broken."""
    incoming, reading = read_fhir(body, ARRIVAL)
    outcome = Outcome(incoming.message_id, incoming.received_at, incoming.answer)
    status, said = respond(incoming, reading, outcome)
    accepted = incoming.answer.code == "AA"
    assert status in {200, 400, 413, 422}
    assert (status == 200) == accepted == (incoming.statement is not None)
    _check_answer(json.loads(said), incoming)
    for flag in incoming.flags:
        assert _FLAG.match(flag), "a flag names a kind and a place and nothing of the patient"
    if incoming.statement is not None:
        assert incoming.statement.happened_at.utcoffset() is not None
        assert incoming.statement.said_at.utcoffset() is not None
    for text in texts_in((incoming.statement, incoming.sender, incoming.event, incoming.answer)):
        assert "\x00" not in text, "PostgreSQL refuses NUL"
        assert len(text) <= _LONGEST, "endless text"
        text.encode("utf-8")
    return incoming


def _check_answer(told: dict[str, Any], incoming: Incoming) -> None:
    outcome = told if told["resourceType"] == "OperationOutcome" else None
    if outcome is None:
        header, *rest = (entry["resource"] for entry in told["entry"])
        accepted = header["response"]["code"] == "ok"
        assert accepted == (incoming.answer.code == "AA")
        assert accepted or rest, "a refusal without a reason"
        outcome = rest[0] if rest else {"issue": []}
    assert len(outcome["issue"]) <= 40
    for issue in outcome["issue"]:
        assert issue["severity"] == _SEVERITIES[incoming.answer.code]
        for place in issue.get("expression", ()):
            assert _PLACE.match(place), "an expression that is none"
