"""Headers on every answer: what a browser may load, keep and tell others."""

import secrets
from collections.abc import MutableSequence

from starlette.requests import Request

RawHeaders = MutableSequence[tuple[bytes, bytes]]

_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_NOT_KEPT = (b"cache-control", b"no-store")
_TWO_YEARS = (b"strict-transport-security", b"max-age=63072000")
_NO_SCRIPTS = (b"content-security-policy", _POLICY.format(scripts="'none'").encode())


def nonce_of(request: Request) -> str:
    """A value that only the answer to this request knows: scripts that carry it may run."""
    if not hasattr(request.state, "nonce"):
        request.state.nonce = secrets.token_urlsafe(16)
    nonce: str = request.state.nonce
    return nonce


def protect(headers: RawHeaders, request: Request) -> None:
    """Add what the answer does not say itself: nothing from outside, no inline code, no frames, no copies."""
    headers.extend(_ALWAYS)
    headers.append(_policy(request))
    headers.append((b"x-correlation-id", str(request.state.correlation_id).encode()))
    if not any(name == b"cache-control" for name, _ in headers):
        headers.append(_NOT_KEPT)
    if request.scope["scheme"] == "https":
        headers.append(_TWO_YEARS)


def _policy(request: Request) -> tuple[bytes, bytes]:
    if not hasattr(request.state, "nonce"):
        return _NO_SCRIPTS
    policy = _POLICY.format(scripts=f"'nonce-{request.state.nonce}'")
    return b"content-security-policy", policy.encode()
