"""`GET /fhir/Task` and its neighbours: read, search and update for other systems."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from importlib.metadata import version as version_of
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.access import Actor, Role, allow
from services.chassis.problems import operation_outcome
from services.referral.domain.errors import NotFound, VersionChanged
from services.referral.inbound.desks import Desks
from services.referral.inbound.fhir_records.bundles import base_of, searchset
from services.referral.inbound.fhir_records.capability import capability_statement
from services.referral.inbound.fhir_records.kinds import Kind, Sources, kinds_of, written
from services.referral.inbound.fhir_records.negotiation import (
    FHIR,
    expected_version,
    fhir,
    is_strict,
    must_send,
    shown,
    spoken,
)
from services.referral.inbound.fhir_records.searching import Asked, read_asked, refuse_identity
from services.referral.inbound.fhir_records.updating import read_update
from services.referral.inbound.requests import Member, Reader, patient_key_of, teams_of
from services.referral.usecases.update_task import update_task

_FORM = "application/x-www-form-urlencoded"
Anybody = Annotated[Actor, allow(Role.PUBLIC)]
Door = Callable[..., Coroutine[Any, Any, Response]]


def fhir_doors(desks: Desks, sources: Sources) -> APIRouter:
    """`/fhir/metadata`, and for each kind of resource read and search; update for a Task."""
    router = APIRouter(prefix="/fhir", tags=["fhir"])
    kinds = kinds_of(sources)

    @router.get("/metadata")
    async def metadata(request: Request, _: Anybody) -> Response:
        """What is offered here: a CapabilityStatement."""
        paths = {route.path or "" for route in iter_route_contexts(request.app.routes)}
        statement = capability_statement(kinds.values(), paths, version_of("baton"))

        async def work() -> Response:
            return fhir(statement)

        return await spoken(request, work)

    for kind in kinds.values():
        router.add_api_route(f"/{kind.type}", _search(desks, kind), methods=["GET"])
        router.add_api_route(f"/{kind.type}/_search", _search(desks, kind), methods=["POST"])
        router.add_api_route(f"/{kind.type}/{{resource_id}}", _read(desks, kind), methods=["GET"])
    router.add_api_route("/Task/{resource_id}", _update(desks, kinds), methods=["PUT"])
    return router


def _search(desks: Desks, kind: Kind) -> Door:
    async def search(request: Request, actor: Reader) -> Response:
        """Search. An NHS number is taken in the body of `_search` or in `X-Patient-Identifier`, never in an address."""

        async def work() -> Response:
            asked = await _asked(request, actor, kind.type)
            sought = asked.sought
            async with desks.database.reading() as connection:
                found = await kind.records.search(
                    connection, replace(sought, limit=sought.limit + 1)
                )
            page = found[: sought.limit]
            following = page[-1].place if len(found) > len(page) else None
            resources = [_written(desks, kind, one, actor) for one in page]
            return fhir(searchset(base_of(request), asked, resources, following))

        return await spoken(request, work)

    search.__name__ = f"search_{kind.type.lower()}"
    return search


async def _asked(request: Request, actor: Actor, type_: str) -> Asked:
    address = request.query_params.multi_items()
    body: list[tuple[str, str]] = []
    if request.method == "POST":
        must_send(request, _FORM)
        form = await request.form()
        body = [(name, str(value)) for name, value in form.multi_items()]
    teams = teams_of(actor)
    asked = read_asked(
        type_,
        address,
        body,
        None if teams is None else sorted(teams),
        strict=is_strict(request),
    )
    number = asked.patient or request.headers.get("x-patient-identifier", "")
    if not number:
        return asked
    key = patient_key_of(request, number)
    return replace(asked, sought=replace(asked.sought, patient_key=key), patient="")


def _read(desks: Desks, kind: Kind) -> Door:
    async def read(resource_id: str, request: Request, actor: Reader) -> Response:
        """One resource with its version in ETag; `If-None-Match` saves what is known already."""

        async def work() -> Response:
            refuse_identity(request.query_params.multi_items())
            teams = teams_of(actor)
            async with desks.database.reading() as connection:
                record = await kind.records.one(
                    connection, resource_id, None if teams is None else sorted(teams)
                )
            if record is None:
                raise NotFound(kind.type.lower())
            return shown(request, _written(desks, kind, record, actor))

        return await spoken(request, work)

    read.__name__ = f"read_{kind.type.lower()}"
    return read


def _update(desks: Desks, kinds: Mapping[str, Kind]) -> Door:
    kind = kinds["Task"]

    async def update_a_task(resource_id: UUID, request: Request, actor: Member) -> Response:
        """Move a task of your team to in-progress, completed or failed. `If-Match` says which version you read."""

        async def work() -> Response:
            version = expected_version(request)
            must_send(request, FHIR, "application/json")
            body = await request.body()
            async with desks.database.unit_of_work() as unit:
                task = await update_task(
                    unit,
                    desks.of(actor, request),
                    kind.records,
                    resource_id,
                    version,
                    lambda task: read_update(body, _written(desks, kind, task, actor)),
                )
            return shown(request, _written(desks, kind, task, actor))

        try:
            return await spoken(request, work)
        except VersionChanged as refusal:
            return operation_outcome(412, "conflict", refusal.sentence)

    return update_a_task


def _written(desks: Desks, kind: Kind, record: Any, actor: Actor) -> dict[str, Any]:
    identified = Role.TEAM in actor.roles
    return written(kind, record, desks.playbook.directory, identified=identified)
