"""Missing results as pages show them."""

from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.access import Actor, Role
from services.referral.domain.directory import Directory
from services.referral.domain.results import orderers
from services.referral.inbound.words import Tag, due_tag
from services.referral.inbound.worklist_cards import PersonCard, person_card
from services.referral.usecases.views import TaskView, WholeView


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A missing result."""

    test: str
    person: PersonCard
    due: Tag
    ordered_by: str
    expected: str
    """The day; empty: nobody knows."""
    owner: str
    asked: str
    """The team that was asked to take it and has not answered."""
    handover: str
    task: str
    """Where its owner acts on it; empty: it is another team's."""


def result_row(task: TaskView, directory: Directory, now: datetime, actor: Actor) -> ResultRow:
    """One of the register."""
    mine = Role.TEAM in actor.roles and actor.serves(task.owner_team)
    waits = task.status == "requested" and task.offer_team
    return ResultRow(
        test=task.about,
        person=person_card(task.person, now),
        due=due_tag(task.due_at, now),
        ordered_by=directory.name_of(task.ordered_by),
        expected=_day(task.expected_on),
        owner=directory.name_of(task.owner_team),
        asked=directory.name_of(task.offer_team or "") if waits else "",
        handover=f"/worklist/handovers/{task.handover_id}",
        task=f"/worklist/tasks/{task.task_id}" if mine else "",
    )


def orderer_choices(whole: WholeView, directory: Directory) -> list[tuple[str, str]]:
    """The teams that may have ordered a test of this stay, by name."""
    teams = orderers(whole.sender, whole.sender_team, directory)
    return [(team.id, team.name) for team in teams]


def _day(day: date | None) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}" if day else ""
