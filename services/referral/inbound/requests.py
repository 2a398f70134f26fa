"""What a request asks for, read once for the lists, the commands and the pages."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Header, Query
from pydantic import AwareDatetime
from starlette.requests import Request

from schemas.patient_key import patient_key
from services.chassis.access import EVERY_TEAM, Actor, Role, allow
from services.chassis.errors import Refusal
from services.referral.usecases.views import Filters

Cover = Callable[[Actor], Awaitable[frozenset[str]]]
"""The teams whose queues somebody looks after for now."""

_DIGITS = 10
First = TypeVar("First")


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters that every list takes."""

    team: str | None
    state: str | None
    due_before: datetime | None
    limit: int
    after: tuple[datetime, UUID] | None
    patient_key: str | None

    def filters(self, actor: Actor) -> Filters:
        """The list as this person may see it; one row more than asked for tells whether there is a next page."""
        return Filters(
            teams=teams_of(actor),
            team=self.team,
            state=self.state,
            patient_key=self.patient_key,
            due_before=self.due_before,
            after=self.after,
            limit=self.limit + 1,
        )


def read_asked(
    request: Request,
    team: Annotated[str | None, Query(max_length=60, description="Directory id")] = None,
    state: Annotated[str | None, Query(max_length=30)] = None,
    due_before: Annotated[AwareDatetime | None, Query(description="With an offset")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before")
    ] = None,
    x_patient_identifier: Annotated[
        str | None, Header(max_length=20, description="NHS number; never in an address")
    ] = None,
) -> Asked:
    """Raises `Refusal` for a cursor that is not ours and for what is no NHS number."""
    key = patient_key_of(request, x_patient_identifier) if x_patient_identifier else None
    return Asked(team, state, due_before, limit, read_cursor(cursor) if cursor else None, key)


async def read_reader(
    request: Request, actor: Annotated[Actor, allow(Role.TEAM, Role.OPERATOR)]
) -> Actor:
    """Who asks, with the teams that they look after while their queues are too long."""
    return await _with_cover(request, actor)


async def read_member(request: Request, actor: Annotated[Actor, allow(Role.TEAM)]) -> Actor:
    """Likewise, of those who act."""
    return await _with_cover(request, actor)


Reader = Annotated[Actor, Depends(read_reader)]
Member = Annotated[Actor, Depends(read_member)]
Listing = Annotated[Asked, Depends(read_asked)]


def teams_of(actor: Actor) -> frozenset[str] | None:
    """The teams whose work somebody may see; None: every team's."""
    return None if EVERY_TEAM in actor.teams else actor.teams


def covered_by(request: Request) -> frozenset[str]:
    """The teams among the asker's that are theirs only because a queue is too long."""
    covered: frozenset[str] = getattr(request.state, "covered", frozenset())
    return covered


async def _with_cover(request: Request, actor: Actor) -> Actor:
    cover: Cover | None = getattr(request.app.state, "cover", None)
    if cover is None or EVERY_TEAM in actor.teams:
        return actor
    request.state.covered = await cover(actor)
    return replace(actor, teams=actor.teams | request.state.covered)


def write_cursor(at: datetime, row_id: UUID) -> str:
    """The place of a row in its list, as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps([at, str(row_id)])).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Raises `Refusal`."""
    return _unwrap(cursor, datetime.fromisoformat)


def _unwrap(cursor: str, read: Callable[[Any], First]) -> tuple[First, UUID]:
    try:
        first, row_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return read(first), UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Refusal(
            "request.bad_cursor", "invalid", "The cursor must be `next` of an earlier page."
        ) from None


def write_place(place: tuple[float, UUID]) -> str:
    """Where a page of the worklist ended, as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps([place[0], str(place[1])])).decode().rstrip("=")


def read_place(text: str) -> tuple[float, UUID]:
    """Raises `Refusal`."""
    place, row_id = _unwrap(text, float)
    return place, row_id


def patient_key_of(request: Request, identifier: str) -> str:
    """The opaque key of an NHS number. Raises `Refusal` for what is none."""
    digits = "".join(identifier.split()).replace("-", "")
    if len(digits) != _DIGITS or not digits.isascii() or not digits.isdigit():
        raise Refusal(
            "request.bad_patient_identifier", "invalid", "X-Patient-Identifier takes an NHS number."
        )
    secret: Any = request.app.state.settings.site_secret
    return patient_key(secret.get_secret_value().encode(), "nhs", digits)
