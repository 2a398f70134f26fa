"""What FHIR over HTTP settles before anything is read: formats, versions, and what to answer when they do not fit."""

import re
from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.problems import operation_outcome
from services.referral.inbound.fhir_records.vocabulary import Resource

FHIR = "application/fhir+json"
_JSON = frozenset({FHIR, "application/json", "text/json"})
_ANY = frozenset({"*/*", "application/*"})
_FORMATS = frozenset({"json", *_JSON})
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)


class Misfit(Exception):
    """A request that HTTP has a status of its own for."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence


async def spoken(request: Request, work: Callable[[], Awaitable[Response]]) -> Response:
    """Do the work for somebody who takes JSON."""
    try:
        _must_take_json(request)
        return await work()
    except Misfit as misfit:
        return operation_outcome(misfit.status, misfit.code, misfit.sentence)


def _must_take_json(request: Request) -> None:
    wanted = request.query_params.get("_format")
    # A plus sign that was not escaped arrives as a space.
    taken = [wanted.replace(" ", "+")] if wanted else _accepted(request)
    fits = _FORMATS if wanted else _JSON | _ANY
    if taken and not fits.intersection(taken):
        raise Misfit(406, "not-supported", f"This server answers in {FHIR} only.")


def _accepted(request: Request) -> list[str]:
    parts = request.headers.get("accept", "").split(",")
    return [
        part.split(";")[0].strip().lower()
        for part in parts
        if part.strip() and not re.search(r";\s*q=0(\.0*)?\s*(;|$)", part)
    ]


def must_send(request: Request, *kinds: str) -> None:
    """Raises `Misfit` for a body of another kind."""
    sent = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if sent not in kinds:
        raise Misfit(415, "not-supported", f"Send the body as {kinds[0]}.")


def is_strict(request: Request) -> bool:
    """Whether the asker wants what nobody knows to be refused."""
    preferred = re.split(r"[,;]", request.headers.get("prefer", "").lower())
    return "handling=strict" in {one.strip() for one in preferred}


def expected_version(request: Request) -> int:
    """The version that an update starts from. Raises `Misfit`."""
    given = request.headers.get("if-match")
    if given is None:
        sentence = 'Send If-Match with the version that you read, as in W/"3".'
        raise Misfit(428, "required", sentence)
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise Misfit(400, "invalid", 'If-Match takes one version, as in W/"3".')
    return int(found[1])


def shown(request: Request, resource: Resource) -> Response:
    """One resource with its version; 304 to somebody who has that version already."""
    version = resource["meta"]["versionId"]
    headers = {"ETag": f'W/"{version}"'}
    known = _ETAG.findall(request.headers.get("if-none-match", ""))
    if request.method == "GET" and version in known:
        return Response(status_code=304, headers=headers)
    return fhir(resource, headers)


def fhir(resource: Resource, headers: dict[str, str] | None = None) -> Response:
    """A resource as an answer."""
    return Response(orjson.dumps(resource), 200, headers, FHIR)
