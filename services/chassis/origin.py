"""Refuses what another site makes a visitor's browser send (cross-site request forgery)."""

from urllib.parse import urlsplit

from starlette.requests import Request

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def comes_from_another_site(request: Request) -> bool:
    """Whether a browser sent this on behalf of a page that is not ours.

    Only unsafe methods without an `Authorization` header matter: a browser adds cookies by itself, a token
    never. `Sec-Fetch-Site` cannot be forged by a page; browsers send it to https and to localhost. Elsewhere
    `Origin` speaks. A request with neither is no browser's. Our own pages send `Origin: null` over plain
    http because of their referrer policy; there `SameSite=Lax` keeps the cookie from foreign posts.
    """
    if request.method in _SAFE or "authorization" in request.headers:
        return False
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return False
    if origin == "null":
        return request.url.scheme == "https"
    return urlsplit(origin).netloc != request.headers.get("host")
