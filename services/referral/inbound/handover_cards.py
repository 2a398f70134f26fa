"""A handover as its page shows it: tasks that explain themselves, owners over time, who was told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.pages import deadline, when
from services.referral.domain.directory import Directory
from services.referral.domain.reasons import ANSWERED, CANCELLED, ENDED
from services.referral.inbound.words import (
    CHANNELS,
    FORCES,
    OFFER_STATES,
    TASK_STATES,
    UNDELIVERED,
    Tag,
    all_of,
    closed_tag,
    due_tag,
    listed,
    sentence,
)
from services.referral.inbound.worklist_cards import in_place_of
from services.referral.usecases.views import EntryView, OfferView, TaskView, WholeView

PATIENT = "patient"
_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "declined": ANSWERED,
    "redirected": ANSWERED,
    "withdrawn": ENDED,
}
_WHEN_EXPECTED = "On the day on which the result is expected, by the team's closing time"
_UNTOLD = "alert.not_delivered"
_TOLD: Mapping[str, Tag] = {
    _UNTOLD: Tag("Not reached", "red"),
    "alert.sent": Tag("Sent", "blue"),
}
"""How messages fare, what asks for somebody first."""


@dataclass(frozen=True, slots=True)
class RuleCard:
    """Why there is a task, and where its deadline comes from."""

    why: str
    done: str
    not_yours: str
    counting: str
    counted_from: str
    source: str
    confidence: Tag
    local_defaults: Sequence[str]
    version: str
    proved_by: str
    """What completes it beside the word of its owner, in one line; empty: nothing."""
    no_proof: str
    """What does not complete it, in one line."""


@dataclass(frozen=True, slots=True)
class TaskCard:
    """A task with everything about it."""

    task_id: UUID
    title: str
    link: str
    due: Tag
    deadline: str
    from_when: str
    state: Tag
    owner: str
    waits_for: str
    """The team that was asked and has not answered."""
    told: str
    """Who was told when its deadline passed."""
    working: str
    """How its deadline was counted, step by step."""
    reason: str
    is_open: bool
    rule: RuleCard


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What was asked of whom, and the answer."""

    team: str
    why_us: str
    asks: Sequence[str]
    due: str
    state: Tag
    answered: str
    reason: str


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """A stretch of time in which one team was accountable for one thing."""

    what: str
    team: str
    since: str
    until: str
    """Empty: it still is."""


@dataclass(frozen=True, slots=True)
class ToldRow:
    """The messages about this handover to one reader that fared alike."""

    who: str
    how: str
    """How they went; or why they could not go."""
    at: str
    """When the last of them did."""
    state: Tag
    times: int
    since: str
    """When the first of them went."""


def task_card(task: TaskView, directory: Directory, now: datetime) -> TaskCard:
    """A task, open or closed."""
    closed = task.closed_at
    asked = directory.name_of(task.offer_team or "")
    return TaskCard(
        task_id=task.task_id,
        title=task.name,
        link=f"/worklist/tasks/{task.task_id}",
        due=closed_tag(task.status, closed) if closed else due_tag(task.due_at, now),
        deadline=deadline(task.due_at),
        from_when=when(task.not_before),
        state=TASK_STATES[task.status],
        owner=directory.name_of(task.owner_team),
        waits_for=asked if task.status == "requested" else "",
        told=all_of([directory.name_of(team) for team in task.told_teams]),
        working=task.working,
        reason=sentence(task.status_reason, CANCELLED)
        if task.status == "cancelled"
        else task.status_reason,
        is_open=closed is None,
        rule=_rule_card(task),
    )


def _rule_card(task: TaskView) -> RuleCard:
    rule = task.rule
    verified = rule.confidence == "V"
    return RuleCard(
        why=rule.why,
        done=rule.done,
        not_yours=rule.not_yours,
        counting=_WHEN_EXPECTED if task.expected_on else rule.counting,
        counted_from=when(task.anchored_at),
        source=f"{rule.source} ({FORCES.get(rule.force, rule.force).lower()})",
        confidence=Tag("Verified", "green")
        if verified
        else Tag("Local default, unverified", "orange"),
        local_defaults=rule.local_defaults,
        version=f"{rule.rule_id}, version {rule.version}",
        proved_by=listed(rule.proved_by),
        no_proof=listed(rule.no_proof),
    )


def offer_row(offer: OfferView, directory: Directory) -> OfferRow:
    """An offer with its answer."""
    return OfferRow(
        team=directory.name_of(offer.team),
        why_us=in_place_of(offer.instead_of, directory),
        asks=offer.titles,
        due=deadline(offer.due_at),
        state=OFFER_STATES[offer.state],
        answered=when(offer.answered_at),
        reason=sentence(offer.answered_because, _ANSWERS.get(offer.state, {}))
        if offer.answered_because
        else "",
    )


def owner_rows(whole: WholeView, directory: Directory) -> list[OwnerRow]:
    """Who was accountable for what, when: each change point lasts until the next one of its subject."""
    names: dict[UUID, str] = {task.task_id: task.name for task in whole.tasks}
    names[whole.handover_id] = "The whole handover (coordination)"
    ends: dict[UUID, datetime] = {}
    rows = []
    for owner in reversed(whole.owners):
        until = ends.get(owner.subject)
        rows.append(
            OwnerRow(
                what=names.get(owner.subject, "A task"),
                team=directory.name_of(owner.team),
                since=when(owner.since),
                until=when(until),
            )
        )
        ends[owner.subject] = owner.since
    rows.reverse()
    return sorted(rows, key=lambda row: (row.what != names[whole.handover_id], row.what))


def told_rows(history: Iterable[EntryView], directory: Directory) -> list[ToldRow]:
    """Whom it could not be told, and who was told how and saw it; one row for what was said again and again."""
    entries = [entry for entry in history if entry.what.startswith("alert.")]
    seen = {entry.subject: entry.at for entry in entries if entry.what == "alert.acknowledged"}
    alike: dict[tuple[str, str, str, bool], list[EntryView]] = {}
    for entry in sorted(entries, key=lambda entry: entry.at):
        if entry.what in _TOLD:
            key = (entry.what, entry.team, entry.detail, entry.subject in seen)
            alike.setdefault(key, []).append(entry)
    rows = sorted(alike.values(), key=lambda told: (list(_TOLD).index(told[0].what), told[0].at))
    return [_told_row(told, seen, directory) for told in rows]


def _told_row(
    told: Sequence[EntryView], seen: Mapping[UUID | None, datetime], directory: Directory
) -> ToldRow:
    first, last = told[0], told[-1]
    state = _TOLD[last.what]
    if last.subject in seen:
        state = Tag(f"Seen {when(seen[last.subject])}", "green")
    return ToldRow(
        who="The patient" if last.team == PATIENT else directory.name_of(last.team),
        how=sentence(last.detail, UNDELIVERED if last.what == _UNTOLD else CHANNELS),
        at=when(last.at),
        state=state,
        times=len(told),
        since=when(first.at),
    )
