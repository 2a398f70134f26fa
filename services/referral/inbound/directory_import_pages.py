"""Imports of the directory in a browser: look at what a file would change, then apply it."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Form, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.errors import Refusal
from services.chassis.idempotency import Commanded, once
from services.chassis.pages import Pages
from services.chassis.unit_of_work import UnitOfWork
from services.referral.inbound.directory_commands import Operator, Registry, day_of
from services.referral.inbound.directory_team_pages import DIRECTORY
from services.referral.usecases.import_directory import import_directory, preview_import


def directory_import_pages(registry: Registry, pages: Pages) -> APIRouter:
    """Below `/directory/import`, for operators."""
    router = APIRouter(prefix=DIRECTORY, include_in_schema=False)

    @router.get("/import")
    async def ask_for_a_file(request: Request, _actor: Operator) -> HTMLResponse:
        return pages.render(request, "directory_import.html")

    @router.post("/import/preview")
    async def show_what_would_change(
        request: Request, actor: Operator, file: UploadFile
    ) -> HTMLResponse:
        name = (file.filename or "").lower()
        try:
            entries = registry.editions.read(name, await file.read())
            async with registry.database.reading() as connection:
                today = await day_of(connection)
                desk = registry.desk(actor, request)
                looked = await preview_import(connection, desk, entries, today)
        except Refusal as refusal:
            return _again(request, refusal)
        return pages.render(
            request,
            "directory_import.html",
            name=name,
            looked=looked,
            entries=orjson.dumps(entries).decode(),
        )

    @router.post("/import")
    async def apply(
        request: Request,
        command: Commanded,
        actor: Operator,
        entries: Annotated[str, Form(max_length=900_000)],
        version: Annotated[int, Form(ge=0)],
        note: Annotated[str, Form(max_length=300)] = "",
    ) -> Response:
        desk = registry.desk(actor, request)
        try:
            said = registry.editions.read("preview.json", entries.encode())

            async def work(unit: UnitOfWork) -> Response:
                await import_directory(unit, desk, said, seen=version, note=note)
                return RedirectResponse(f"{DIRECTORY}?done=imported", 303)

            return await once(registry.database, command, actor, work)
        except Refusal as refusal:
            return _again(request, refusal)

    def _again(request: Request, refusal: Refusal) -> HTMLResponse:
        return pages.render(request, "directory_import.html", fault={"file": refusal.sentence})

    return router
