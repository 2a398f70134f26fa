"""Pages rendered on the server with the NHS.UK components, one layout for all services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.headers import nonce_of
from services.chassis.ids import new_id
from services.chassis.templating import CHASSIS_TEMPLATES, compile_pages, make_environment

LONDON = ZoneInfo("Europe/London")


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
        self._environment.globals["new_key"] = new_id
        self._environment.filters |= {
            "when": when,
            "day": day,
            "nhs_number": nhs_number,
            "person_name": person_name,
        }

    def render(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """The page of a template with these values, and the layout's own around them.

        The layout reads `notice` (one sentence of success) and `errors` (`text`, `href` to the field).
        """
        around = {
            "site": request.app.state.site,
            "actor": _signed_in(request),
            "path": request.url.path,
            "correlation_id": str(request.state.correlation_id),
            "cspNonce": nonce_of(request),
        }
        text = self._environment.get_template(template).render(around | values)
        return HTMLResponse(text, status)


def pages_of(request: Request) -> Pages:
    """The pages that every application has by itself: problems and sign-in."""
    found: Pages = request.app.state.pages
    return found


def field_errors(faults: Mapping[str, str]) -> list[dict[str, str]]:
    """What the layout's `errors` takes: a sentence for each field that needs another look, by its id."""
    return [{"text": sentence, "href": f"#{field}"} for field, sentence in faults.items()]


def when(moment: datetime | None) -> str:
    """`Tue 24 Nov, 10:00` on London's clock; the year is added when it is not this year there."""
    if moment is None:
        return ""
    return f"{day(moment)}, {moment.astimezone(LONDON):%H:%M}"


def day(moment: datetime | None) -> str:
    """`Tue 24 Nov` on London's clock; with the year when it is not this year there."""
    if moment is None:
        return ""
    if moment.tzinfo is None:
        raise ValueError("a time on a page needs its offset")
    local = moment.astimezone(LONDON)
    year = "" if local.year == datetime.now(LONDON).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}"


def nhs_number(number: str | None) -> str:
    """In the groups 3, 3, 4 that people read out, kept on one line."""
    digits = "".join(character for character in number or "" if character.isdigit())
    return "\u00a0".join((digits[:3], digits[3:6], digits[6:])) if len(digits) == 10 else digits


def person_name(name: Mapping[str, Any] | Any) -> str:
    """`SURNAME, Given` of something with `family` and `given`."""
    get = name.get if isinstance(name, Mapping) else lambda part: getattr(name, part, "")
    family, given = str(get("family") or ""), str(get("given") or "")
    return ", ".join(part for part in (family.upper(), given) if part)


def _signed_in(request: Request) -> Any:
    actor = getattr(request.state, "actor", None)
    return actor if actor is not None and actor.name else None
