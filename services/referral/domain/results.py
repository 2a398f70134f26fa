"""Results that are missing when a patient leaves: each is a task of the team that ordered the test (R04, R05, A20)."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.referral.domain.calendars import local_date
from services.referral.domain.deadlines import due_by, shortened
from services.referral.domain.directory import Directory, Team
from services.referral.domain.facts import Fact, SomethingHappened
from services.referral.domain.handover import Handover, MissingResult, Task, Whole
from services.referral.domain.people import Person
from services.referral.domain.planning import Ids, Planned, plan_on, task_of
from services.referral.domain.redrafting import Redraft
from services.referral.domain.result_errors import DayUnlikely, OrderedElsewhere, TestUnclear
from services.referral.domain.rules import HAPPENED, PENDING, Playbook
from services.referral.domain.saying import must_say
from services.referral.domain.task_facts import TaskAdded

SHORTEST, LONGEST = 2, 120
_LONGEST_WAIT = timedelta(days=2 * 366)


def expect(
    whole: Whole,
    wanted: MissingResult,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    person: Person,
) -> tuple[Fact, ...]:
    """Let somebody say that a result is missing: a task of the team that ordered it, and one letter for all of them.

    The letter waits for the latest of them. Nothing when that result of that day is looked for already. Raises a
    refusal when it is not this person's to say, or when test, team or day cannot be meant.
    """
    whole.must_be_open()
    must_say(whole, PENDING, person, playbook)
    result = _checked(wanted, whole.handover, now, playbook)
    if any(_same(task, result) for task in whole.open_tasks()):
        return ()
    team = playbook.directory.teams[result.ordered_by]
    draft, added = Redraft(whole), list[TaskAdded]()
    for one in plan_on(HAPPENED + PENDING, whole.handover, now, playbook):
        # Said a second time, it is counted from that time: the handover remembers the first.
        counted = _counted(one, team if one.rule.each_result else one.team, result, now)
        if one.rule.each_result:
            task = task_of(counted, whole.handover, None, new_id, result=result)
            added.append(TaskAdded(task, now))
        else:
            _write_later(draft, counted, now)
    facts: tuple[Fact, ...] = (SomethingHappened(PENDING, now, now, person.ref), *added)
    if draft.asked or draft.moved:
        facts = (*facts, draft.as_it_stands("happened", now, new_id))
    return facts


def orderers(sender: str, sender_team: str, directory: Directory) -> list[Team]:
    """The teams that may have ordered a test: the one that sent the patient, and the others of its organisation."""
    ward = directory.teams.get(sender_team)
    others = (
        team
        for team in directory.teams.values()
        if team.organisation == sender and team.id != sender_team and directory.is_open(team.id)
    )
    return [*([ward] if ward else []), *sorted(others, key=lambda team: team.name)]


def _checked(
    wanted: MissingResult, handover: Handover, now: datetime, playbook: Playbook
) -> MissingResult:
    test = " ".join(wanted.test.split())
    if not SHORTEST <= len(test) <= LONGEST or not test.isprintable():
        raise TestUnclear
    ordered_by = wanted.ordered_by or handover.sender_team
    known = orderers(handover.sender, handover.sender_team, playbook.directory)
    if ordered_by not in {team.id for team in known}:
        raise OrderedElsewhere
    day = wanted.expected_on
    first, last = local_date(handover.clock_started_at), local_date(now + _LONGEST_WAIT)
    if day is not None and not first <= day <= last:
        raise DayUnlikely
    return MissingResult(test, ordered_by, day)


def _same(task: Task, result: MissingResult) -> bool:
    known = task.result
    return (
        known is not None
        and known.test.casefold() == result.test.casefold()
        and known.expected_on == result.expected_on
    )


def _counted(planned: Planned, team: Team, result: MissingResult, now: datetime) -> Planned:
    """The rule counted from when it was said, or to the day on which the result is expected, in this team's days."""
    playbook, rule = planned.playbook, planned.rule
    when = due_by(result.expected_on, rule.counting, now, team.calendar, playbook.holidays)
    return replace(planned, team=team, anchored_at=now, when=shortened(when, now, playbook.divisor))


def _write_later(draft: Redraft, letter: Planned, now: datetime) -> None:
    task = draft.open_task(letter.rule.id)
    if task is None:
        draft.ask(letter)
    elif letter.when.due_at > task.due_at:
        draft.move(task, letter, now)
