"""Ladders that are climbed in the wrong order, miss the breach or end nowhere."""

from collections.abc import Iterator
from itertools import pairwise

from services.referral.domain.counting import WorkingDays
from services.referral.domain.ladder import is_breach
from services.referral.domain.rules import Asked, Rule, Step, Whose

_KNOWN: frozenset[Whose] = frozenset({"sender", "owner", "coordinator", "place"})
"""Whose teams a ladder finds, long after whoever was asked first."""
_NEED_NO_ROLE = frozenset({"owner", "coordinator"})


def misled(rule: Rule) -> Iterator[tuple[str, str]]:
    """Every fault of the steps of a rule: the field, and what is wrong."""
    steps = rule.ladder
    for earlier, later in pairwise(steps):
        if _height(earlier) > _height(later) or earlier.at == later.at:
            yield "escalate", f"{later.at} stands after {earlier.at} and does not come later"
    if not any(is_breach(step) for step in steps):
        yield "escalate", "nothing is told when the deadline passes: there is no step at the breach"
    if not steps or not any(asked.role for asked in steps[-1].to):
        yield "escalate", "the ladder ends nowhere: its last step names no role"
    for step in steps:
        for asked in step.to:
            yield from _nobody(step, asked)


def _nobody(step: Step, asked: Asked) -> Iterator[tuple[str, str]]:
    field = f"escalate {step.at}"
    if asked.of not in _KNOWN:
        yield field, f"a ladder finds no {asked.of}: say {', '.join(sorted(_KNOWN))}"
    elif not asked.role and asked.of not in _NEED_NO_ROLE:
        yield field, f"whose is said ({asked.of}), but not which role"


def _height(step: Step) -> tuple[int, float]:
    """Before, at or after the deadline, and how far; a working day counts as its 24 hours, the least it can be."""
    if step.share is not None:
        return -1, step.share
    if step.after is None:
        return 0, 0
    days = step.after.days * 24 if isinstance(step.after, WorkingDays) else 0
    return 1, days or getattr(step.after, "hours", 0)
