"""What an integration engineer does with messages that are kept."""

from typing import Any
from uuid import UUID

import httpx2

from tests.integration.discharge.conftest import (
    ENGINEER,
    Ward,
    bearer,
)
from tests.support.hospital import an_adt

BROKEN = an_adt(left="", admitted="", version="2.9")


async def listed(ward: Ward, token: str = ENGINEER, **asked: Any) -> list[dict[str, Any]]:
    answer = await ward.http.get("/intake/messages", params=asked, headers=bearer(token))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def last_id(ward: Ward) -> UUID:
    found: UUID = (await ward.stored())[-1]["message_id"]
    return found


async def post(
    ward: Ward, path: str, body: Any, token: str = ENGINEER, **headers: str
) -> httpx2.Response:
    return await ward.http.post(path, json=body, headers=bearer(token) | headers)


def as_typed(message: bytes) -> str:
    """What a person sees in the form, with the line ends of a browser."""
    return message.decode().replace("\r", "\r\n")


async def a_clash(ward: Ward) -> UUID:
    """An A13 that has the control id of its A03."""
    await ward.send(an_adt("A03"))
    assert b"MSA|AE|M1001" in await ward.send(an_adt("A13", sent="20260908123000"))
    return await last_id(ward)
