"""Headers on every answer: what a browser may load, keep and tell others."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import Request

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_TWO_YEARS = "max-age=63072000"


def new_nonce() -> str:
    """A value that only this answer knows: scripts that carry it may run."""
    return secrets.token_urlsafe(16)


def content_security_policy(nonce: str) -> str:
    """Nothing from outside, no inline code, no frames."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def protect(headers: MutableHeaders, request: Request) -> None:
    """Add the headers that the answer does not set itself."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", content_security_policy(request.state.nonce))
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Correlation-ID"] = str(request.state.correlation_id)
    if request.url.scheme == "https":
        headers.setdefault("Strict-Transport-Security", _TWO_YEARS)
