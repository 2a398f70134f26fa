"""The ladder that silence climbs: warnings on the way to a deadline, the breach, and what comes after it (B0 rule 5)."""

from datetime import datetime
from typing import Protocol

from services.referral.domain.calendars import Calendar
from services.referral.domain.counting import WorkingDays
from services.referral.domain.deadlines import due, shortened
from services.referral.domain.rules import Asked, Playbook, Rule, Step

_SAFETY_LEAD = Asked(of="sender", role="safety-lead")
_COORDINATOR = Asked(of="coordinator")
WARNINGS = (Step("50%", (), share=0.5), Step("80%", (_COORDINATOR,), share=0.8))
"""What a ladder begins with when its file says nothing else."""
BREACH = Step("breach", (_SAFETY_LEAD,))
"""The step of a task whose rule has gone: somebody by name must know (A17)."""
AGAIN = WorkingDays(1)


class Timed(Protocol):
    """Something to do between two instants (UTC)."""

    @property
    def anchored_at(self) -> datetime: ...

    @property
    def due_at(self) -> datetime: ...


def ladder_of(rule: Rule | None) -> tuple[Step, ...]:
    """Every step for a task of this rule."""
    return rule.ladder if rule and rule.ladder else (*WARNINGS, BREACH)


def is_breach(step: Step) -> bool:
    """Whether a step is taken at the deadline or after it."""
    return step.share is None


def time_of(step: Step, task: Timed, calendar: Calendar, playbook: Playbook) -> datetime:
    """When a step is to be taken (UTC), counted in the calendar of the team that is to do the task."""
    if step.share is not None:
        return task.anchored_at + (task.due_at - task.anchored_at) * step.share
    if step.after is None:
        return task.due_at
    when = due(step.after, task.due_at, calendar, playbook.holidays)
    return shortened(when, task.due_at, playbook.divisor).due_at


def time_again(
    rule: Rule | None, now: datetime, calendar: Calendar, playbook: Playbook
) -> datetime:
    """When the last step is taken once more: the ladder ends only with the task."""
    counting = rule.again if rule and rule.again else AGAIN
    when = due(counting, now, calendar, playbook.holidays)
    return shortened(when, now, playbook.divisor).due_at


def first_ring(task: Timed, rule: Rule, calendar: Calendar, playbook: Playbook) -> datetime:
    """When silence about a new task is first said."""
    return time_of(ladder_of(rule)[0], task, calendar, playbook)
