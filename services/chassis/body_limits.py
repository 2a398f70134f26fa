"""How large the body of a request may be: one limit for all paths, and a larger one for a few."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes."""

    usual: int
    larger: Mapping[str, int] = field(default_factory=dict)
    """By path, whole."""

    def of(self, path: str) -> int:
        """What a body may have that is sent to this path."""
        return self.larger.get(path, self.usual)


class BodyLimits:
    """Stops a body that grows beyond its limit while it is read."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._limits = limits
        self._by_limit = {
            most: RequestBodyLimitMiddleware(app, max_body_size=most)
            for most in {limits.usual, *limits.larger.values()}
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        most = self._limits.of(scope.get("path", ""))
        await self._by_limit[most](scope, receive, send)
