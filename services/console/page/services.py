"""The services as the page asks them: all at once, and none of them for long."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from services.chassis.errors import Refusal

_PATIENCE = 3.0


@dataclass(frozen=True)
class Answer:
    """What one service said; `said` is None when it did not answer, and `trouble` says why."""

    service: str
    said: Any = None
    trouble: str = ""


class Services:
    """Asks with the operator's own token."""

    def __init__(
        self,
        places: Mapping[str, str],
        token: str,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._places = places
        self._http = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=_PATIENCE, transport=transport
        )

    async def overview(self) -> list[Answer]:
        """What every service says of itself, in the order they were named."""
        return list(await asyncio.gather(*(self._overview(name) for name in self._places)))

    async def parked_records(self, service: str, parked_id: UUID) -> list[dict[str, Any]]:
        """The records that wait behind one key. Raises `Refusal` when there are none."""
        said = await self._ask("GET", service, f"/operations/parked/{parked_id}")
        records: list[dict[str, Any]] = said["records"]
        return records

    async def release(self, service: str, parked_id: UUID) -> tuple[int, int]:
        """Let the service try again: how many records went through, and how many still wait."""
        said = await self._ask("POST", service, f"/operations/parked/{parked_id}/release")
        return said["handled"], said["left"]

    async def discard(
        self, service: str, parked_id: UUID, *, by: str, reason: str
    ) -> tuple[int, int]:
        """Let the service give up one record: how many behind it went through, and how many still wait."""
        path = f"/operations/parked/{parked_id}/discard"
        said = await self._ask("POST", service, path, json={"by": by, "reason": reason})
        return said["handled"], said["left"]

    async def trace(self, correlation_id: UUID) -> list[Answer]:
        """What every service did in one journey."""
        path = f"/operations/trace/{correlation_id}"
        return list(await asyncio.gather(*(self._try("GET", name, path) for name in self._places)))

    async def close(self) -> None:
        await self._http.aclose()

    async def _overview(self, service: str) -> Answer:
        return await self._try("GET", service, "/operations")

    async def _try(self, method: str, service: str, path: str) -> Answer:
        try:
            return Answer(service, await self._ask(method, service, path))
        except Refusal as refusal:
            return Answer(service, trouble=refusal.sentence)

    async def _ask(self, method: str, service: str, path: str, **given: Any) -> Any:
        if service not in self._places:
            raise Refusal("console.no_such_service", "missing", "There is no such service.")
        try:
            answer = await self._http.request(method, self._places[service] + path, **given)
            if answer.is_success:
                return answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            sentence = f"The service does not answer ({type(error).__name__})."
            raise Refusal("console.no_answer", "refused", sentence) from None
        if answer.status_code == 404:
            raise Refusal("console.nothing_there", "missing", "There is nothing (any more).")
        sentence = f"The service answers with {answer.status_code}."
        raise Refusal("console.bad_answer", "refused", sentence)
