"""The history of a handover as sentences, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.pages import when
from services.referral.domain.directory import Directory
from services.referral.domain.people import SYSTEM
from services.referral.domain.reasons import CANCELLED, DECLINE, REPLAN, WITHDRAWN
from services.referral.inbound.words import CHANNELS, PATIENT_CHANGED, UNDELIVERED, sentence
from services.referral.usecases.views import EntryView, WholeView

_SENTENCES: Mapping[str, str] = {
    "offer.accepted": "{team} accepted what was asked of them",
    "offer.declined": "{team} declined",
    "offer.made": "{team} was asked",
    "offer.withdrawn": "{team} is not asked any more",
    "offer.kept": "{team} keeps what it accepted, though the hospital names another team now",
    "coordination.taken": "{team} became the coordinator",
    "task.added": "A task was added for {team}: {subject}",
    "task.in-progress": "{team} started: {subject}",
    "task.cancelled": "Called off: {subject}",
    "task.moved": "The deadline changed: {subject}",
    "task.completed": "{team} completed: {subject}",
    "task.failed": "{team} could not do: {subject}",
    "task.noted": "Note on: {subject}",
    "task.escalated": "{team} was told that nobody had done in time: {subject}",
    "handover.completed": "The handover was completed",
    "handover.withdrawn": "The handover was withdrawn",
    "handover.replanned": "What has to be done was planned again",
    "handover.patient_changed": "The handover moved to another patient record",
    "withdrawal.unread": "{team} has not said that it knows of the withdrawal",
    "alert.sent": "{team} was sent a message",
    "alert.not_delivered": "{team} could not be reached by any message",
    "alert.overtaken": "{team} was sent a message that is not true any more",
    "alert.acknowledged": "{team} said that they have seen the message",
}
_DETAILS: Mapping[str, Mapping[str, str]] = {
    "offer.declined": DECLINE,
    "handover.withdrawn": WITHDRAWN,
    "handover.replanned": REPLAN,
    "handover.patient_changed": PATIENT_CHANGED,
    "task.cancelled": CANCELLED,
    "offer.withdrawn": CANCELLED,
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
    asked = {offer.offer_id: offer.team for offer in whole.offers}
    opened = HistoryLine(
        when(whole.opened_at),
        f"{directory.name_of(whole.sender_team)} opened the handover",
        "",
        "",
    )
    return [*(_line(entry, titles, asked, directory) for entry in whole.history), opened]


def _line(
    entry: EntryView,
    titles: Mapping[UUID, str],
    asked: Mapping[UUID, str],
    directory: Directory,
) -> HistoryLine:
    team = entry.team or (asked.get(entry.subject, "") if entry.subject else "")
    name = "The patient" if team == "patient" else directory.name_of(team)
    said = _SENTENCES.get(entry.what, entry.what)
    subject = titles.get(entry.subject, "a task") if entry.subject else ""
    return HistoryLine(
        when(entry.at),
        said.format(team=name, subject=subject),
        "" if entry.by_whom == SYSTEM else entry.by_whom,
        _detail(entry),
    )


def _detail(entry: EntryView) -> str:
    if entry.what == "task.moved":
        return f"Now due {when(datetime.fromisoformat(entry.detail))}"
    known = _DETAILS.get(entry.what)
    return sentence(entry.detail, known) if known and entry.detail else entry.detail
