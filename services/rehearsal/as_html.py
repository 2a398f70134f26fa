"""The timeline as one page that stands alone."""

from collections.abc import Sequence

from services.rehearsal.timeline import Outcome


def as_html(outcomes: Sequence[Outcome]) -> str:
    """No script, nothing fetched."""
    return "".join(outcome.title for outcome in outcomes)
