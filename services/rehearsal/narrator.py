"""What the services say, retold: who has what by when, who was told, and nobody's identity."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from schemas.alert import AlertNotDelivered, AlertOvertaken
from schemas.document import DocumentAnswered, DocumentReceived
from schemas.event import Event
from schemas.handover import CoordinatorNamed, HandoverOpened, HandoverReplanned, HandoverWithdrawn
from schemas.offer import (
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    OfferMadeLater,
    OfferRedirected,
    OfferUnanswered,
)
from schemas.referral import AppointmentChanged, ReferralChanged
from schemas.spell import SpellCorrected, SpellDischarged
from schemas.task import TaskAdded, TaskChanged, TaskClaimed, TaskEscalated, TaskMade, TaskWarned
from services.rehearsal.local_time import say_moment
from services.rehearsal.post import Said
from services.rehearsal.timeline import Entry
from services.rehearsal.ways_out import Left

Told = tuple[str, Sequence[str], bool]
"""A sentence, what hangs below it, and whether it is pressing."""

_UNTOLD = frozenset({"alert.sent", "patient.described", "team.described"})
_PLAIN: Mapping[str, str] = {
    "spell.admitted": "In hospital",
    "spell.discharge_cancelled": "The discharge does not stand: still in hospital",
    "spell.admission_cancelled": "The admission does not stand",
    "spell.questioned": "What the sources say of the stay does not fit together",
    "spell.patient_changed": "The stay belongs to another record now",
    "handover.completed": "The handover is complete",
    "handover.reopened": "The handover goes on",
    "handover.patient_changed": "The handover belongs to another record now",
    "document.withdrawn": "A document does not count any more",
    "alert.acknowledged": "A team has seen its alert",
    "reply.received": "The patient answered",
}

_NEWS: Mapping[tuple[str, bool], str] = {
    ("opened", False): "asked to take something on",
    ("opened", True): "what happens next",
    ("duty", False): "its own part of the handover",
    ("added", False): "a new task",
    ("offered", False): "asked to take over",
    ("declined", False): "it is theirs again",
    ("warned", False): "time is running out",
    ("escalated", False): "a deadline has passed",
    ("changed", False): "another deadline, or called off",
    ("withdrawn", False): "stop",
    ("referred", True): "who will see them",
    ("redirected", True): "who will see them instead",
}
"""What kinds of message bring, to a team and to the patient, where the word alone does not say it."""


class Narrator:
    """Remembers what tasks and offers are about, because later events name them by id only."""

    def __init__(
        self, names: Mapping[str, str], titles: Mapping[str, str], team: Callable[[str], str]
    ) -> None:
        self._names = names
        self._titles = titles
        self._team = team
        self._tasks: dict[UUID, str] = {}
        self._offers: dict[UUID, str] = {}

    def retell(self, said: Iterable[Said]) -> Iterable[Entry]:
        """One entry an event, less those that say nothing to a reader."""
        for one in said:
            if one.event.type not in _UNTOLD:
                text, details, pressing = self._tell(one.event)
                person = self._names.get(one.event.patient_key, "")
                yield Entry(one.at, "said", person, text, details, pressing)

    def deliveries(self, left: Iterable[Left]) -> Iterable[Entry]:
        """Everything that left, or should have."""
        for one in left:
            to = "the patient" if one.to == "patient" else self._team(one.to)
            how = "" if one.outcome == "taken" else f": {one.outcome}"
            news = _NEWS.get((one.kind, one.to == "patient")) or _NEWS.get((one.kind, False), "")
            about = f"{one.kind}: {news}" if news else one.kind
            text = f"{_a(one.channel)} to {to} ({about}){how}"
            yield Entry(one.at, "told", self._names.get(one.patient_key, ""), text, (), bool(how))

    def _tell(self, event: Event) -> Told:
        kinds = (self._of_tasks, self._of_offers, self._of_stays, self._of_the_whole)
        for tell in (*kinds, self._of_referrals, self._of_messages):
            if told := tell(event):
                return told
        return _PLAIN.get(event.type, event.type), (), False

    def _of_tasks(self, event: Event) -> Told | None:
        match event:
            case TaskAdded(task=task):
                return f"A task is added: {self._made(task)}", (), False
            case TaskChanged(task_id=task, status=status, reason=reason):
                because = f" ({reason})" if reason else ""
                return f"{self._title(task)}: {status}{because}", (), False
            case TaskClaimed(task_id=task, person=person):
                return f"{self._title(task)}: taken by {person or 'nobody any more'}", (), False
            case TaskWarned(task_id=task, milestone=mark, due_at=due, told_teams=told):
                text = f"{mark} of the time has passed: {self._title(task)}, {_due(due)}"
                return text, self._told(told), True
            case TaskEscalated(task_id=task, milestone=mark, due_at=due, told_teams=told):
                text = f"Nobody has done it in time ({mark}): {self._title(task)}, {_due(due)}"
                return text, self._told(told), True
        return None

    def _of_offers(self, event: Event) -> Told | None:
        match event:
            case OfferAccepted(team=team):
                return f"{self._team(team)} accepts: it is accountable now", (), False
            case OfferDeclined(team=team, owner_team=owner, reason=reason):
                text = f"{self._team(team)} declines ({reason}): back with {self._team(owner)}"
                return text, (), False
            case OfferMadeLater(offer=offer, owner_team=owner, reason=reason):
                text = f"{self._asks(offer)} ({reason}); {self._team(owner)} is accountable"
                return text, (), False
            case OfferRedirected(team=team, offer=offer, reason=reason):
                text = f"{self._team(team)} passes it on ({reason}). {self._asks(offer)}"
                return text, (), False
            case OfferUnanswered(team=team, told_teams=told, accept_by=by):
                text = f"{self._team(team)} has not answered by {say_moment(by)}"
                return text, self._told(told), True
        return None

    def _of_stays(self, event: Event) -> Told | None:
        match event:
            case SpellDischarged(provider=provider, discharged_at=left):
                return f"Left hospital {provider} at {say_moment(left)}", (), False
            case SpellCorrected(discharged_at=left):
                return f"The discharge is known better now: {say_moment(left)}", (), False
        return None

    def _of_the_whole(self, event: Event) -> Told | None:
        match event:
            case HandoverOpened(coordinator_team=team, purpose=purpose, tasks=tasks, offers=offers):
                asked = [self._asks(offer) for offer in offers]
                made = sorted(tasks, key=lambda task: task.due_at)
                text = f"A handover opens ({purpose}); {self._team(team)} is accountable"
                return text, [*asked, *map(self._made, made)], False
            case HandoverWithdrawn(reason=reason):
                return f"The handover is withdrawn ({reason}): everybody told must stop", (), True
            case HandoverReplanned(reason=reason, tasks=tasks, cancelled=cancelled):
                called_off = [f"called off: {self._title(task)}" for task in cancelled]
                return f"Planned again ({reason})", [*map(self._made, tasks), *called_off], False
            case CoordinatorNamed(state=state, team=team, name=name):
                who = f"{name}, {self._team(team)}" if name else "nobody"
                text = f"The single point of contact is {who} ({state})"
                return text, (), state == "missing"
        return None

    def _of_referrals(self, event: Event) -> Told | None:
        match event:
            case ReferralChanged(state=state, team=team, reason=reason):
                because = f" ({reason})" if reason else ""
                return f"The referral is {state} with {self._team(team)}{because}", (), False
            case AppointmentChanged(status=status, team=team, starts_at=at):
                return f"Appointment {status}: {self._team(team)}, {say_moment(at)}", (), False
        return None

    def _of_messages(self, event: Event) -> Told | None:
        match event:
            case DocumentReceived(title=title, for_action=for_action):
                purpose = "for action" if for_action else "for information"
                return f"A document came ({purpose}): {title or 'untitled'}", (), False
            case DocumentAnswered(answer=answer, answered_by=by):
                return f"{by} answers the document: {answer}", (), False
            case AlertNotDelivered(audience=audience, team=team, reason=reason, needs_person=needs):
                to = self._team(team) if team else f"the {audience}"
                how = "could not be told" if needs else "is not told any more"
                return f"{_upper(to)} {how} ({reason})", (), needs
            case AlertOvertaken(audience=audience, team=team, reason=reason):
                to = self._team(team) if team else f"the {audience}"
                return f"What {to} was told is not true any more ({reason})", (), True
        return None

    def _made(self, task: TaskMade) -> str:
        title = self._titles.get(task.rule_id, task.code)
        self._tasks[task.task_id] = f"{task.rule_id} {title}"
        begins = f"from {say_moment(task.not_before)}, " if task.not_before else ""
        asked = self._offers.get(task.offer_id) if task.offer_id else None
        to = f" (asked: {asked})" if asked and task.status == "requested" else ""
        who = f"{self._team(task.owner_team)}{to}"
        return f"{task.rule_id} {title}: {who}, {begins}{_due(task.due_at)}"

    def _asks(self, offer: OfferMade) -> str:
        self._offers[offer.offer_id] = self._team(offer.team)
        by = f", to be accepted by {say_moment(offer.accept_by)}" if offer.accept_by else ""
        return f"{self._team(offer.team)} is asked{by}"

    def _title(self, task: UUID) -> str:
        return self._tasks.get(task, "a task")

    def _told(self, teams: Sequence[str]) -> list[str]:
        return ["told: " + ", ".join(self._team(team) for team in teams)] if teams else []


def _due(at: datetime) -> str:
    return f"due {say_moment(at)}"


def _a(noun: str) -> str:
    return f"An {noun}" if noun[0] in "aeiou" else f"A {noun}"


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
