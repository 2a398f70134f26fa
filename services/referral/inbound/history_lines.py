"""The history of a handover as sentences, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.pages import deadline, when
from services.referral.domain.directory import Directory
from services.referral.domain.people import PATIENT, SYSTEM
from services.referral.domain.reasons import (
    CANCELLED,
    DECLINE,
    OFFER,
    REDIRECT,
    REOPEN,
    REPLAN,
    SNOOZE,
    WITHDRAWN,
)
from services.referral.inbound.referral_words import BECAUSE
from services.referral.inbound.words import CHANNELS, PATIENT_CHANGED, UNDELIVERED, sentence
from services.referral.usecases.views import EntryView, WholeView

_SENTENCES: Mapping[str, str] = {
    "offer.accepted": "{team} accepted what was asked of them",
    "offer.declined": "{team} declined",
    "offer.made": "{team} was asked",
    "offer.withdrawn": "{team} is not asked any more",
    "offer.redirected": "{team} passed on what was asked of them",
    "offer.unanswered": "{team} was told that nobody has accepted in time",
    "offer.kept": "{team} keeps what it accepted, though the hospital names another team now",
    "coordination.taken": "{team} became the coordinator",
    "task.added": "A task was added for {team}: {subject}",
    "task.in-progress": "{team} started: {subject}",
    "task.accepted": "{team} goes on with: {subject}",
    "task.cancelled": "Called off: {subject}",
    "task.moved": "The deadline changed: {subject}",
    "task.completed": "{team} completed: {subject}",
    "task.failed": "{team} could not do: {subject}",
    "task.noted": "Note on: {subject}",
    "task.claimed": "Taken: {subject}",
    "task.put_back": "Put back for anybody in {team}: {subject}",
    "task.snoozed": "{team} put away for a while: {subject}",
    "task.woken": "{team} put back on its list: {subject}",
    "task.seen": "{team} looked at: {subject}",
    "handover.seen": "{team} looked at the handover",
    "task.warned": "{team} was warned: {subject}",
    "task.escalated": "{team} was told that nobody had done in time: {subject}",
    "happened": "It was heard that something happened",
    "coordinator.missing": "The patient has no single point of contact",
    "coordinator.proposed": "{team} was proposed as the patient's single point of contact",
    "coordinator.chosen": "The patient chose {team} as their single point of contact",
    "handover.reopened": "The handover was taken up again",
    "referral.received": "The referral is with {team}",
    "referral.triaged": "{team} looked at the referral and decided how urgent it is",
    "referral.accepted": "{team} has the referral",
    "referral.booked": "The patient has an appointment with {team}",
    "referral.attended": "{team} has seen the patient",
    "referral.outcome": "{team} closed the referral with an outcome",
    "referral.rejected": "{team} sent the referral back",
    "referral.cancelled": "The referral was taken back",
    "appointment.booked": "{team} booked an appointment",
    "appointment.moved": "{team} moved the appointment",
    "appointment.cancelled": "The appointment with {team} was cancelled",
    "appointment.missed": "The patient missed the appointment with {team}",
    "appointment.attended": "The patient came to the appointment with {team}",
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
    "offer.made": OFFER,
    "offer.redirected": REDIRECT,
    "handover.reopened": REOPEN,
    "task.snoozed": SNOOZE,
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


def history_lines(
    whole: WholeView, directory: Directory, happenings: Mapping[str, str]
) -> list[HistoryLine]:
    """Everything that happened after the handover was opened, and at the end that it was."""
    titles = {task.task_id: task.name for task in whole.tasks}
    asked = {offer.offer_id: offer.team for offer in whole.offers}
    opened = HistoryLine(
        when(whole.opened_at),
        f"{directory.name_of(whole.sender_team)} opened the handover",
        "",
        "",
    )
    return [
        *(_line(entry, titles, asked, directory, happenings) for entry in whole.history),
        opened,
    ]


def _line(
    entry: EntryView,
    titles: Mapping[UUID, str],
    asked: Mapping[UUID, str],
    directory: Directory,
    happenings: Mapping[str, str],
) -> HistoryLine:
    team = entry.team or (asked.get(entry.subject, "") if entry.subject else "")
    name = "The patient" if team == "patient" else directory.name_of(team)
    said = _SENTENCES.get(entry.what, entry.what)
    subject = titles.get(entry.subject, "a task") if entry.subject else ""
    return HistoryLine(
        when(entry.at),
        said.format(team=name, subject=subject),
        {SYSTEM: "", PATIENT: "the patient"}.get(entry.by_whom, entry.by_whom),
        _detail(entry, happenings),
    )


def _detail(entry: EntryView, happenings: Mapping[str, str]) -> str:
    if entry.what == "happened":
        code, _, at = entry.detail.partition(" ")
        return f"{happenings.get(code, code)}, {when(datetime.fromisoformat(at))}"
    if entry.what in ("task.warned", "task.escalated"):
        return _milestone(entry.detail)
    if entry.what.startswith("appointment."):
        return when(datetime.fromisoformat(entry.detail))
    if entry.what.startswith("referral."):
        return BECAUSE.get(entry.detail, "")
    if entry.what == "task.moved":
        return f"Now due {deadline(datetime.fromisoformat(entry.detail))}"
    known = _DETAILS.get(entry.what)
    return sentence(entry.detail, known) if known and entry.detail else entry.detail


def _milestone(mark: str) -> str:
    """`50%` as people say it; nothing for the deadline itself, of which the sentence speaks."""
    return f"{mark[:-1]} % of the time has passed" if mark.endswith("%") else ""
