"""What surrounds every request: its reference, headers, size, origin, and an answer when code fails."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPMethod
from time import perf_counter
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import headers
from services.chassis.body_limits import Limits
from services.chassis.errors import Refusal
from services.chassis.ids import new_id
from services.chassis.log import bound
from services.chassis.metrics import Children, counter, histogram
from services.chassis.origin import comes_from_another_site
from services.chassis.telemetry import span

_CANONICAL: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_METHODS: Final = frozenset(HTTPMethod)
_ANSWERED = Children(
    counter("baton_http_requests_total", "HTTP requests answered", ("route", "method", "status"))
)
_SECONDS = histogram("baton_http_request_seconds", "Time to answer an HTTP request")

Excuse = Callable[[Request, Exception], Awaitable[Response]]
"""Turns whatever was raised into an answer."""


class Exchange:
    """Outermost part of the application."""

    def __init__(self, app: ASGIApp, *, limits: Limits, excuse: Excuse) -> None:
        self._app = app
        self._limits = limits
        self._excuse = excuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.correlation_id = _correlation(request)
        answer = _Answer(request, send)
        started = perf_counter()
        traced = span("http.request", method=_method(request))
        with bound(correlation_id=str(request.state.correlation_id)), traced as trace:
            try:
                self._check(request)
                await self._app(scope, receive, answer.send)
            except Exception as error:
                if answer.status:
                    raise
                response = await self._excuse(request, error)
                await response(scope, receive, answer.send)
            finally:
                if trace is not None:
                    trace.set_attributes({"route": _route(scope), "status": answer.status})
                _SECONDS.observe(perf_counter() - started)
                _ANSWERED[_route(scope), _method(request), str(answer.status or 500)].inc()

    def _check(self, request: Request) -> None:
        length = request.headers.get("content-length", "0")
        if not length.isascii() or not length.isdecimal():
            raise Refusal("request.bad_length", "invalid", "Content-Length is not a number.")
        most = self._limits.of(request.url.path)
        if int(length[:20]) > most:
            sentence = f"A request may have at most {most} bytes."
            raise Refusal("request.too_large", "too-large", sentence)
        if comes_from_another_site(request):
            sentence = "This was sent by a page of another site. Open the page here and try again."
            raise Refusal("request.other_site", "forbidden", sentence)


class _Answer:
    """Sends the answer with our headers on it, and remembers whether it was started."""

    def __init__(self, request: Request, send: Send) -> None:
        self._request = request
        self._send = send
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = [*message.get("headers", ())]
            headers.protect(given, self._request)
            renewed = getattr(self._request.state, "renewed_session", None)
            if renewed and not any(name == b"set-cookie" for name, _ in given):
                given.append((b"set-cookie", renewed.encode()))
            message = {**message, "headers": given}
        await self._send(message)


def _correlation(request: Request) -> UUID:
    given = request.headers.get("x-correlation-id", "")
    return UUID(given) if _CANONICAL.fullmatch(given) else new_id()


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "none")


def _method(request: Request) -> str:
    return request.method if request.method in _METHODS else "other"
