"""What a sender is told that its message is wrong: an OperationOutcome with BaRS's codes, and no patient's data."""

from typing import Any

import orjson
from starlette.responses import Response

from services.chassis.errors import Refusal
from services.chassis.problems import STATUS
from services.referral.domain.referral_errors import SentBefore

FHIR = "application/fhir+json"
ERROR_CODES = "https://fhir.nhs.uk/Codesystem/http-error-codes"
_CODES = {
    400: "REC_BAD_REQUEST",
    403: "REC_FORBIDDEN",
    404: "REC_NOT_FOUND",
    409: "REC_CONFLICT",
    413: "REC_BAD_REQUEST",
    415: "REC_BAD_REQUEST",
    422: "REC_UNPROCESSABLE_ENTITY",
}
_ISSUES = {
    400: "invalid",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    413: "too-costly",
    415: "not-supported",
    422: "business-rule",
}
MOST_ISSUES = 20


class Fault(Exception):
    """The message cannot be acted on. `diagnostics` say which element, never what it held."""

    def __init__(self, status: int, diagnostics: str, *, issue: str = "", place: str = "") -> None:
        super().__init__(diagnostics)
        self.status = status
        self.issue = issue or _ISSUES[status]
        self.diagnostics = diagnostics
        self.place = place


class Faults(Exception):
    """Several things are wrong with the message at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.diagnostics for fault in faults))
        self.faults = faults[:MOST_ISSUES]


def fault_of(refusal: Refusal) -> Fault:
    """A refusal in BaRS's words: what was acted on already is a duplicate, which the sender reads as success."""
    issue = "duplicate" if isinstance(refusal, SentBefore) else ""
    status = STATUS[refusal.kind]
    return Fault(status if status in _CODES else 422, refusal.sentence, issue=issue)


def refused(*faults: Fault) -> Response:
    """The answer that says no."""
    status = faults[0].status
    body = {"resourceType": "OperationOutcome", "issue": [_issue(fault) for fault in faults]}
    return Response(orjson.dumps(body), status, media_type=FHIR)


def _issue(fault: Fault) -> dict[str, Any]:
    code = _CODES[fault.status]
    said: dict[str, Any] = {
        "severity": "error",
        "code": fault.issue,
        "details": {"coding": [{"system": ERROR_CODES, "code": code}]},
        "diagnostics": fault.diagnostics,
    }
    return said | ({"expression": [fault.place]} if fault.place else {})
