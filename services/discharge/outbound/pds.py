"""The national record of demographics over HTTPS (PDS FHIR R4): one person at a time.

Its addresses carry the NHS number. They are its own, so nothing here may say one: not a log line, not an error.
"""

import asyncio
import logging
from uuid import uuid4

import httpx2
import orjson

from services.discharge.domain.national import Found, Missing, RecordAway, Reply, Strange

PATIENCE_SECONDS = 10.0
"""For the whole answer, however slowly it drips."""
MOST_BYTES = 256 * 1024

_JSON = "application/fhir+json"
_OK, _NOT_FOUND, _UNAUTHORISED, _FORBIDDEN, _TOO_MANY = 200, 404, 401, 403, 429
_INVALIDATED = "INVALIDATED_RESOURCE"
_NOBODY = frozenset({_INVALIDATED, "RESOURCE_NOT_FOUND"})
_LONGEST_CALM = 300.0

# Its own lines say the address of every request.
for _talkative in ("httpx2", "httpcore2"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)


class Pds:
    """Asks the national record."""

    def __init__(
        self, base: str, api_key: str, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._base = base
        self._http = httpx2.AsyncClient(
            headers={"Accept": _JSON, **({"apikey": api_key} if api_key else {})},
            timeout=httpx2.Timeout(5.0, connect=3.0),
            limits=httpx2.Limits(max_connections=10, max_keepalive_connections=10),
            follow_redirects=False,
            transport=transport,
        )

    async def patient(self, nhs_number: str) -> Reply:
        """Read one person's record. Raises `RecordAway`."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status, retry_after, body = await self._get(nhs_number)
        except (TimeoutError, httpx2.TimeoutException):
            raise RecordAway("timeout") from None
        except httpx2.HTTPError as error:
            # What the library says may quote the address.
            raise RecordAway(_reason(error)) from None
        return _reply(status, retry_after, body)

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def _get(self, nhs_number: str) -> tuple[int, str, bytes]:
        ask = self._http.stream(
            "GET", f"{self._base}/Patient/{nhs_number}", headers={"X-Request-ID": str(uuid4())}
        )
        async with ask as answer:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    break
            return answer.status_code, answer.headers.get("retry-after", ""), bytes(body)


def _reply(status: int, retry_after: str, body: bytes) -> Reply:
    if status == _OK:
        return Found(body) if len(body) <= MOST_BYTES else Strange("too-large")
    if status == _NOT_FOUND:
        code = _issue(body)
        # Anything else at this place is a wrong address of ours, not a fact about a person.
        if code not in _NOBODY:
            raise RecordAway("wrong-place")
        return Missing(body, invalidated=code == _INVALIDATED)
    if status in {_UNAUTHORISED, _FORBIDDEN}:
        raise RecordAway("refused-us")
    if status == _TOO_MANY:
        raise RecordAway("too-many", _seconds(retry_after))
    if status >= 500:
        raise RecordAway("failing", _seconds(retry_after))
    return Strange("unexpected-status")


def _issue(body: bytes) -> str:
    """The code of an OperationOutcome's first issue; empty when it is none."""
    try:
        [coding, *_] = orjson.loads(body)["issue"][0]["details"]["coding"]
        return str(coding["code"])
    except (ValueError, LookupError, TypeError):
        return ""


def _seconds(retry_after: str) -> float | None:
    if not retry_after.isascii() or not retry_after.isdecimal():
        return None
    return min(float(retry_after[:6]), _LONGEST_CALM)


def _reason(error: httpx2.HTTPError) -> str:
    if isinstance(error, httpx2.ConnectError):
        return "unreachable"
    return "cut-off" if isinstance(error, httpx2.RemoteProtocolError) else "broken"
