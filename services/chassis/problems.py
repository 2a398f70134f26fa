"""Answers that say no: RFC 9457 problem details for JSON, OperationOutcome for FHIR. Neither repeats the input."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.errors import Kind, Refusal
from services.chassis.redaction import mask_text

STATUS: Mapping[Kind, int] = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "too-large": 413,
    "refused": 422,
}
_KIND = {status: kind for kind, status in STATUS.items()}
_ISSUE = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "business-rule",
    503: "transient",
}
_EXTRA_HEADERS = {401: {"WWW-Authenticate": 'Bearer realm="baton"'}, 503: {"Retry-After": "1"}}

_TEXT = {"type": "string"}
PROBLEM_IN_OPENAPI: dict[str, Any] = {
    "description": "Refused: `detail` says why to a person, `code` to a program.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "code", "correlation_id"],
                "properties": {
                    "type": _TEXT,
                    "title": _TEXT,
                    "status": {"type": "integer"},
                    "detail": _TEXT,
                    "code": _TEXT,
                    "correlation_id": {"type": "string", "format": "uuid"},
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"at": {"type": "array"}, "message": _TEXT},
                        },
                    },
                },
            }
        }
    },
}


def problem(
    request: Request,
    status: int,
    code: str,
    sentence: str,
    *,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document, or an OperationOutcome where the path speaks FHIR.

    `code` is stable and for programs, `sentence` for a person. Each of `errors` has `at` and `message`.
    """
    extra = _EXTRA_HEADERS.get(status, {}) | dict(headers or {})
    if request.url.path.startswith("/fhir"):
        where = [".".join(str(step) for step in error["at"]) for error in errors]
        text = "; ".join([sentence, *(str(error["message"]) for error in errors)])
        issue = _ISSUE.get(status, "exception")
        return operation_outcome(status, issue, text, where, headers=extra)
    body: dict[str, Any] = {
        "type": f"urn:baton:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "code": code,
        "correlation_id": str(request.state.correlation_id),
    }
    if errors:
        body["errors"] = list(errors)
    return Response(orjson.dumps(body), status, extra, "application/problem+json")


def operation_outcome(
    status: int,
    code: str,
    diagnostics: str,
    expression: str | Sequence[str] = (),
    *,
    severity: str = "error",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A FHIR R4 OperationOutcome with one issue. `code` is of the FHIR value set issue-type."""
    issue: dict[str, Any] = {"severity": severity, "code": code, "diagnostics": diagnostics}
    paths = [expression] if isinstance(expression, str) else list(expression)
    if any(paths):
        issue["expression"] = [path for path in paths if path]
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return Response(orjson.dumps(body), status, headers, "application/fhir+json")


def refuse(request: Request, refusal: Refusal) -> Response:
    """The answer to a refusal."""
    return problem(request, STATUS[refusal.kind], refusal.code, refusal.sentence)


def kind_of(status: int) -> str:
    """A word for a status that no refusal chose."""
    return _KIND.get(status, HTTPStatus(status).phrase.lower()).replace(" ", "_").replace("-", "_")


def faults(error: RequestValidationError) -> list[dict[str, Any]]:
    """Where a request does not fit and why, without what it said (pitfall: FastAPI's own answer echoes it)."""
    return [
        {"at": [_step(step) for step in found["loc"]], "message": mask_text(found["msg"])}
        for found in error.errors()
    ]


def _step(step: Any) -> Any:
    return step if isinstance(step, int) else mask_text(str(step))[:80]
