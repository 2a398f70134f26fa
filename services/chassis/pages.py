"""Pages rendered on the server with the NHS.UK components, one layout for all services."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.headers import nonce_of
from services.chassis.templating import CHASSIS_TEMPLATES, compile_pages, make_environment
from services.chassis.wording import day, deadline, nhs_number, person_name, when

__all__ = [
    "Pages",
    "Place",
    "Site",
    "day",
    "deadline",
    "nhs_number",
    "pages_of",
    "person_name",
    "when",
]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation in the header."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Site:
    """What every page of a service shows around its content."""

    service: str
    title: str
    navigation: tuple[Place, ...] = ()
    sign_in: bool = False
    """Whether there are sign-in pages."""
    demonstration: bool = False
    """Whether each page says that its people are made up."""


class Pages:
    """The templates of one service, on top of those of the chassis and of NHS.UK.

    Values are escaped. A misspelt name renders as nothing, because the NHS.UK macros need that; so tests
    assert on what a page shows.
    """

    def __init__(self, service_templates: Path = CHASSIS_TEMPLATES) -> None:
        compile_pages(service_templates)
        self._environment = make_environment(service_templates)

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        fault: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """The page of a template with these values, and the layout's own around them.

        `fault` has a sentence for each field that needs another look, by its id: the page is then a 422, and
        the layout's `errors` lead to those fields. The layout also reads `notice`, one sentence of success.
        """
        fault = fault or {}
        around = {
            "site": request.app.state.site,
            "actor": _signed_in(request),
            "path": request.url.path,
            "correlation_id": str(request.state.correlation_id),
            "cspNonce": nonce_of(request),
            "fault": fault,
            "errors": [{"text": text, "href": f"#{field}"} for field, text in fault.items()],
        }
        text = self._environment.get_template(template).render(around | values)
        return HTMLResponse(text, 422 if fault else status)


def pages_of(request: Request) -> Pages:
    """The pages that every application has by itself: problems and sign-in."""
    found: Pages = request.app.state.pages
    return found


def _signed_in(request: Request) -> Any:
    actor = getattr(request.state, "actor", None)
    return actor if actor is not None and actor.name else None
