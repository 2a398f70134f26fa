"""The timeline as plain text."""

from collections.abc import Iterator

from services.rehearsal.folding import folded
from services.rehearsal.local_time import say_moment
from services.rehearsal.timeline import Outcome

_SIGNS = {"message": ">", "act": "*", "said": " ", "told": "@", "checked": "=", "problem": "!"}
LEGEND = "> comes in   * somebody acts   @ somebody is told   = as expected   ! not as expected"


def as_text(outcome: Outcome) -> Iterator[str]:
    """Line by line: local time once for each moment, then what happened in it."""
    yield outcome.title
    yield "=" * len(outcome.title)
    if outcome.about:
        yield outcome.about.strip()
    yield LEGEND
    last, several = "", len(outcome.people) > 1
    for entry in folded(outcome.entries):
        moment = say_moment(entry.at)
        if moment != last:
            yield ""
            yield moment
            last = moment
        who = f"{entry.person}: " if entry.person and several else ""
        yield f"  {_SIGNS[entry.kind]} {who}{entry.text}"
        for detail in entry.details:
            yield f"      {detail}"
    yield ""
    verdict = "The story came true" if outcome.came_true else "The story did not come true"
    yield f"{verdict}: {outcome.checks} checks, {outcome.failures} failed, {outcome.seconds:.1f} s"
