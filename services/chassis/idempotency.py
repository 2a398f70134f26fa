"""Commands that may be sent twice and act once: the Idempotency-Key of a request and the answer kept for it."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeAlias

import orjson
from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.access import Actor
from services.chassis.connection import Connection
from services.chassis.database import Database
from services.chassis.errors import Refusal
from services.chassis.unit_of_work import UnitOfWork

FORM_FIELD: Final = "idempotency_key"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")

Said: TypeAlias = "Response | BaseModel | Mapping[str, Any] | Sequence[Any] | None"
"""What a command answers: a response, or what becomes a JSON body; None is 204."""
Work = Callable[[UnitOfWork], Awaitable[Said]]


@dataclass(frozen=True, slots=True)
class Command:
    """The part of a request that says whether it is a repeat."""

    key: str
    """Chosen by the caller; empty when there is none."""
    fingerprint: bytes
    """SHA-256 of what was asked. Only this is kept of a request."""


async def read_command(
    request: Request,
    idempotency_key: Annotated[
        str,
        Header(
            description="Chosen by you, at most 200 characters. Sent again within 24 hours with the same "
            "request, the command is not done again and you get the same answer."
        ),
    ] = "",
) -> Command:
    """The command of a request; forms may carry the key in a hidden field. Raises `Refusal` for a bad key."""
    key, asked = idempotency_key, hashlib.sha256()
    for part in (request.method, request.url.path, request.url.query):
        asked.update(part.encode() + b"\0")
    if request.headers.get("content-type", "").startswith(_FORMS):
        form = await request.form()
        asked.update(
            repr(sorted((name, str(value)) for name, value in form.multi_items())).encode()
        )
        key = key or str(form.get(FORM_FIELD, ""))
    else:
        asked.update(await request.body())
    if key and not _KEY.fullmatch(key):
        sentence = "Idempotency-Key takes 1 to 200 visible ASCII characters."
        raise Refusal("idempotency.bad_key", "invalid", sentence)
    return Command(key, asked.digest())


Commanded = Annotated[Command, Depends(read_command)]


async def once(
    database: Database, command: Command, actor: Actor, work: Work, *, status: int = 200
) -> Response:
    """Do `work` in a unit of work of its own and answer what it says, once per key and actor.

    A route is then one line:

        @router.post("/tasks/{task_id}/start")
        async def start(task_id: UUID, command: Commanded, actor: Annotated[Actor, allow(Role.TEAM)]) -> Response:
            return await once(database, command, actor, lambda uow: start_task(uow, tasks, task_id, actor))

    The answer is kept in the same transaction, so it is kept if and only if the work took place. A repeat gets
    it again with `Idempotency-Replayed: true`; a repeat that arrives meanwhile waits for it. A refusal rolls
    everything back and is not kept: the repeat is decided anew. Raises `Refusal` (`idempotency.key_reused`)
    when the key was used for another request. Without a key the work is simply done.
    """
    async with database.unit_of_work() as unit:
        if not command.key:
            return _answer(await work(unit), status)
        kept = await _claim(unit.connection, command, actor)
        if kept is not None:
            return kept
        answer = _answer(await work(unit), status)
        await _keep(unit.connection, command, actor, answer)
        return answer


async def _claim(connection: Connection, command: Command, actor: Actor) -> Response | None:
    """Take the key for this request; the answer kept for it when it was taken before."""
    taken = await connection.fetchval(
        """
        INSERT INTO idempotent_requests (actor, key, fingerprint) VALUES ($1, $2, $3)
        ON CONFLICT (actor, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, made_at = excluded.made_at
        WHERE idempotent_requests.made_at < clock_timestamp() - interval '24 hours'
        RETURNING true
        """,
        actor.ref,
        command.key,
        command.fingerprint,
    )
    if taken:
        return None
    kept = await connection.fetchrow(
        """
        SELECT fingerprint, status, content_type, location, body
        FROM idempotent_requests WHERE actor = $1 AND key = $2
        """,
        actor.ref,
        command.key,
    )
    if kept is None or kept["fingerprint"] != command.fingerprint:
        sentence = "This Idempotency-Key was used for another request. Choose a new one."
        raise Refusal("idempotency.key_reused", "refused", sentence)
    answer = Response(kept["body"], kept["status"], media_type=kept["content_type"])
    answer.headers["Idempotency-Replayed"] = "true"
    if kept["location"]:
        answer.headers["Location"] = kept["location"]
    return answer


async def _keep(connection: Connection, command: Command, actor: Actor, answer: Response) -> None:
    await connection.execute(
        """
        UPDATE idempotent_requests SET status = $3, content_type = $4, location = $5, body = $6
        WHERE actor = $1 AND key = $2
        """,
        actor.ref,
        command.key,
        answer.status_code,
        answer.headers.get("content-type"),
        answer.headers.get("location"),
        bytes(answer.body),
    )


def _answer(said: Said, status: int) -> Response:
    if isinstance(said, Response):
        return said
    if said is None:
        return Response(status_code=204)
    body = (
        said.model_dump_json()
        if isinstance(said, BaseModel)
        else orjson.dumps(said, default=_plain)
    )
    return Response(body, status, media_type="application/json")


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)
