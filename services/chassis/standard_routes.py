"""The routes that every service has: probes, metrics and the description of its interface."""

from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from services.chassis import metrics
from services.chassis.access import Actor, Role, allow
from services.chassis.health import health_of
from services.chassis.pages import pages_of

Anybody = Annotated[Actor, allow(Role.PUBLIC)]


def add_standard_routes(app: FastAPI) -> None:
    """`/livez`, `/readyz`, `/metrics`, `/openapi.json` and `/docs`."""
    add = partial(app.add_api_route, include_in_schema=False)
    add("/livez", live, methods=["GET", "HEAD"])
    add("/readyz", ready, methods=["GET", "HEAD"])
    add("/metrics", measured, methods=["GET"])
    add("/openapi.json", interface, methods=["GET"])
    add("/docs", documentation, methods=["GET"])


async def live(request: Request, _: Anybody) -> JSONResponse:
    """200 while the process makes progress, 503 when it should be restarted."""
    return _report(health_of(request).live())


async def ready(request: Request, _: Anybody) -> JSONResponse:
    """200 when the process should get work, 503 with the reasons when not."""
    return _report(await health_of(request).ready())


async def measured(_: Anybody) -> Response:
    """Prometheus text."""
    return Response(metrics.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE})


async def interface(request: Request, _: Anybody) -> Any:
    """OpenAPI."""
    return JSONResponse(request.app.openapi())


async def documentation(request: Request, _: Anybody) -> HTMLResponse:
    """The interface as a page, from files that we serve ourselves."""
    return pages_of(request).render(request, "docs.html")


def _report(reasons: dict[str, str]) -> JSONResponse:
    body = {"status": "unwell" if reasons else "ok", "reasons": reasons}
    return JSONResponse(body, 503 if reasons else 200)
