"""The timeline as one page that stands alone: the styles are in it, and nothing is fetched or run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader

from services.chassis.static_files import STATIC
from services.rehearsal.folding import folded
from services.rehearsal.local_time import say_moment
from services.rehearsal.timeline import Entry, Outcome

_TEMPLATES: Final = Path(__file__).parent / "templates"
_FETCHED: Final = re.compile(r"@font-face\s*\{[^}]*\}|url\([^)]*\)")
_WORDS: Final = {
    "message": "Comes in:",
    "act": "Somebody acts:",
    "said": "It follows:",
    "told": "Told:",
    "checked": "Checked:",
    "problem": "Problem:",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything of one moment."""

    at: str
    entries: Sequence[Entry]


def as_html(outcomes: Sequence[Outcome]) -> str:
    """One page for all of the stories."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("timeline.html").render(
        outcomes=outcomes, moments=_moments, words=_WORDS, styles=_styles()
    )


def _moments(outcome: Outcome) -> list[Moment]:
    grouped = groupby(folded(outcome.entries), key=lambda entry: say_moment(entry.at))
    return [Moment(at, list(entries)) for at, entries in grouped]


def _styles() -> str:
    """Those of the NHS, less what a browser would have to fetch."""
    [path] = STATIC.glob("vendor/nhsuk-frontend-*/*.css")
    return _FETCHED.sub("", path.read_text(encoding="utf-8"))
