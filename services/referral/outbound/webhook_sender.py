"""Messages to other systems over HTTPS, signed as Standard Webhooks says.

Where an address leads is looked up for each message, and the connection goes to the very addresses that were looked
at: a name that leads inside after it was checked finds nobody (server-side request forgery, DNS rebinding).
"""

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import httpx2
from standardwebhooks.webhooks import Webhook

from services.referral.domain.webhooks import is_public

PATIENCE_SECONDS = 15.0
"""For the whole of an attempt, however slowly the other side speaks."""

# Its own lines say the address of every request.
for _talkative in ("httpx2", "httpcore2"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)


class _Inside(Exception):
    """An address leads to this machine or its neighbours."""


class WebhookSender:
    """Implements `usecases.deliver_webhooks.Sender`."""

    def __init__(
        self,
        *,
        anywhere: bool,
        patience: float = PATIENCE_SECONDS,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._anywhere = anywhere
        self._patience = patience
        self._http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(patience, connect=5.0),
            limits=httpx2.Limits(max_connections=40, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            verify=trusted or ssl.create_default_context(),
        )

    async def send(self, url: str, message_id: UUID, body: bytes, secrets: Sequence[str]) -> str:
        # The receiver holds the time against its own clock, so it is the real one.
        at = datetime.fromtimestamp(int(time.time()), UTC)
        try:
            async with asyncio.timeout(self._patience):
                headers = signed(str(message_id), body, secrets, at)
                return await self._post(httpx2.URL(url), body, headers)
        except _Inside:
            return "inside"
        except (TimeoutError, httpx2.TimeoutException):
            return "timeout"
        except (OSError, ValueError, httpx2.HTTPError, httpx2.InvalidURL):
            # What the library says may quote the address.
            return "unreachable"

    async def _post(self, url: httpx2.URL, body: bytes, headers: dict[str, str]) -> str:
        address = await self._looked_up(url)
        request = self._http.build_request(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers=headers | {"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )
        answer = await self._http.send(request, stream=True)
        # What it says beside its status is not read.
        await answer.aclose()
        return str(answer.status_code)

    async def _looked_up(self, url: httpx2.URL) -> str:
        port = url.port or (443 if url.scheme == "https" else 80)
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not self._anywhere and not all(is_public(address) for address in addresses):
            raise _Inside
        return addresses[0]

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()


def signed(message_id: str, body: bytes, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers of a message: one signature for each secret. `at` is in UTC."""
    signatures = [Webhook(secret).sign(message_id, at, body.decode()) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Baton-Webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
