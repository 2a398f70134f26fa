"""Turns what was raised into what the asker reads: a problem document, a FHIR outcome or a page."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.chassis.access import who
from services.chassis.database import AWAY
from services.chassis.errors import Refusal
from services.chassis.log import get_logger
from services.chassis.pages import pages_of
from services.chassis.problems import STATUS, faults, kind_of, problem

log = get_logger()

_HEADINGS = {
    401: "Sign in first",
    403: "You cannot use this",
    404: "Page not found",
    405: "That does not work here",
    409: "That has changed meanwhile",
    413: "That is too large",
    500: "Sorry, there is a problem with the service",
    503: "Sorry, the service is busy",
}
_SENTENCES = {
    404: "There is nothing here.",
    405: "This address does not take that method.",
    413: "The request is too large.",
}
_OURS = (LookupError, FileNotFoundError, PermissionError)
"""Operating-system errors that a missing template or file raises; waiting does not help."""


async def excuse(request: Request, error: Exception) -> Response:
    """The answer to anything at all. What nobody expected is logged and never shown."""
    if wants_page(request) and not hasattr(request.state, "actor"):
        await who(request)
    if isinstance(error, Refusal):
        return _refused(request, error)
    if isinstance(error, RequestValidationError):
        return _misfit(request, error)
    if isinstance(error, HTTPException):
        return _http_error(request, error)
    if isinstance(error, AWAY) and not isinstance(error, _OURS):
        log.warning("request.not_now", error=type(error).__name__)
        sentence = "Something this service needs is away for the moment. Try again shortly."
        return answer(request, 503, "service.not_now", sentence)
    log.error("request.failed", exc_info=error)
    sentence = "This is our fault, not yours. Say the reference when you ask for help."
    return answer(request, 500, "service.fault", sentence)


def answer(request: Request, status: int, code: str, sentence: str) -> Response:
    """A page for those who read pages, a problem document for programs."""
    if not wants_page(request):
        return problem(request, status, code, sentence)
    heading = _HEADINGS.get(status, "This could not be done")
    return pages_of(request).render(
        request, "problem.html", status=status, heading=heading, sentence=sentence, code=status
    )


def wants_page(request: Request) -> bool:
    """Whether the asker is a browser that shows pages rather than a program."""
    if request.url.path.startswith("/fhir"):
        return False
    accepted = [part.split(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
    for kind in accepted:
        if kind in {"text/html", "application/xhtml+xml"}:
            return True
        if kind.endswith("json"):
            return False
    return False


def _refused(request: Request, error: Refusal) -> Response:
    if error.kind == "unauthenticated" and request.app.state.site.sign_in and wants_page(request):
        return _to_sign_in(request)
    return answer(request, STATUS[error.kind], error.code, error.sentence)


def _misfit(request: Request, error: RequestValidationError) -> Response:
    code = "request.misfit"
    if wants_page(request):
        return answer(request, 422, code, "Something in the form is missing or wrong.")
    sentence = "The request does not have the form asked for."
    return problem(request, 422, code, sentence, errors=faults(error))


def _http_error(request: Request, error: HTTPException) -> Response:
    status = error.status_code
    sentence = _SENTENCES.get(status, f"{HTTPStatus(status).phrase}.")
    response = answer(request, status, f"request.{kind_of(status)}", sentence)
    response.headers.update(error.headers or {})
    return response


def _to_sign_in(request: Request) -> Response:
    if "hx-request" in request.headers:
        # A part of a page cannot become a sign-in page: the whole page goes there.
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    if request.method != "GET":
        return RedirectResponse("/sign-in?lost=true", 303)
    back = request.url.path
    if request.url.query:
        back += f"?{request.url.query}"
    return RedirectResponse(f"/sign-in?next={quote(back, safe='/')}", 303)
