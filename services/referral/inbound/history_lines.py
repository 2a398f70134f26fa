"""The history of a handover as sentences, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.chassis.pages import when
from services.referral.domain.directory import Directory
from services.referral.domain.reasons import DECLINE, WITHDRAW
from services.referral.inbound.words import CHANNELS, UNDELIVERED, sentence
from services.referral.usecases.views import EntryView, WholeView

_SENTENCES: Mapping[str, str] = {
    "offer.accepted": "{team} accepted what was asked of them",
    "offer.declined": "{team} declined",
    "coordination.taken": "{team} became the coordinator",
    "task.added": "A task was added for {team}: {subject}",
    "task.in-progress": "{team} started: {subject}",
    "task.completed": "{team} completed: {subject}",
    "task.failed": "{team} could not do: {subject}",
    "task.noted": "Note on: {subject}",
    "task.escalated": "{team} was told that nobody had done in time: {subject}",
    "handover.completed": "The handover was completed",
    "handover.withdrawn": "The handover was withdrawn",
    "alert.sent": "{team} was sent a message",
    "alert.not_delivered": "{team} could not be reached by any message",
    "alert.acknowledged": "{team} said that they have seen the message",
}
_DETAILS: Mapping[str, Mapping[str, str]] = {
    "offer.declined": DECLINE,
    "handover.withdrawn": WITHDRAW,
    "alert.sent": CHANNELS,
    "alert.not_delivered": UNDELIVERED,
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """When, what, by whom, and what they wrote."""

    at: str
    sentence: str
    by: str
    detail: str


def history_lines(whole: WholeView, directory: Directory) -> list[HistoryLine]:
    """Everything that happened after the handover was opened, and at the end that it was."""
    titles = {task.task_id: task.rule.title for task in whole.tasks}
    opened = HistoryLine(
        when(whole.opened_at),
        f"{directory.name_of(whole.sender_team)} opened the handover",
        "",
        "",
    )
    return [*(_line(entry, titles, directory) for entry in whole.history), opened]


def _line(entry: EntryView, titles: Mapping[UUID, str], directory: Directory) -> HistoryLine:
    team = "The patient" if entry.team == "patient" else directory.name_of(entry.team)
    said = _SENTENCES.get(entry.what, entry.what)
    subject = titles.get(entry.subject, "a task") if entry.subject else ""
    known = _DETAILS.get(entry.what)
    detail = sentence(entry.detail, known) if known and entry.detail else entry.detail
    return HistoryLine(
        when(entry.at), said.format(team=team, subject=subject), entry.by_whom, detail
    )
