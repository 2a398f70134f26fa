"""Builders with sensible defaults for the referral service's tests."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.chassis.errors import Refusal
from services.referral.domain import opening
from services.referral.domain.discharge import Discharge
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.handover import Whole
from services.referral.domain.people import Person
from services.referral.domain.rules import Playbook
from services.referral.outbound.playbook_files import read_playbook

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

WARD, ELM_TREE, HARBOUR = "ward-ZTA", "practice-Z90001", "practice-Z90002"
PHARMACY, COMMUNITY = "pharmacy-FZZ01", "community-ZTC"
SAFETY, PLACE = "safety-ZTA", "place-ZPL"


def london(text: str) -> datetime:
    """`2026-12-24 16:40` on London's clock, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@cache
def a_playbook(*, live: bool = False, divisor: int = 1) -> Playbook:
    return read_playbook(live=live, divisor=divisor)


def ids():
    """Ids that count, so that a failing test is easy to read."""
    counted = count(1)
    return lambda: UUID(int=next(counted))


def a_discharge(**changes) -> Discharge:
    """Somebody frail goes home from Fellside to Elm Tree Surgery."""
    return Discharge(
        **{
            "spell_id": UUID(int=77120),
            "patient_key": "0" * 32,
            "provider": "ZTA",
            "encounter_class": "IMP",
            "discharged_at": NOW,
            "method": "1",
            "destination": "19",
            "practice": "Z90001",
            "pharmacy": "FZZ01",
            "indicators": {"763264000": 6.0},
        }
        | changes
    )


def an_opening(
    now: datetime = NOW, *, playbook: Playbook | None = None, **changes
) -> HandoverOpened:
    opened = opening.decide(a_discharge(**changes), now, playbook or a_playbook(), ids())
    assert isinstance(opened, HandoverOpened)
    return opened


def a_whole(**changes) -> Whole:
    opened = an_opening(**changes)
    return Whole(opened.handover, opened.offers, opened.tasks)


def somebody(*teams: str) -> Person:
    return Person("staff.somebody", frozenset(teams))


def refused(act, *args, **named) -> str:
    """The code of the refusal that an act meets."""
    with pytest.raises(Refusal) as refusal:
        act(*args, **named)
    return refusal.value.code


def by_rule(opened: HandoverOpened | Whole, rule_id: str):
    [task] = [task for task in opened.tasks if task.rule_id == rule_id]
    return task


def offer_to(opened: HandoverOpened | Whole, team: str):
    [offer] = [offer for offer in opened.offers if offer.team == team]
    return offer


_counted = ids()


def new_id():
    """Ids that no builder gives."""
    return UUID(int=1_000_000 + _counted().int)


def with_tasks(whole: Whole, *rule_ids: str, **changes) -> Whole:
    tasks = tuple(
        replace(task, **changes) if task.rule_id in rule_ids else task for task in whole.tasks
    )
    return replace(whole, tasks=tasks)


def with_offer(whole: Whole, team: str, state: str) -> Whole:
    offers = tuple(
        replace(offer, state=state) if offer.team == team else offer for offer in whole.offers
    )
    return replace(whole, offers=offers)


def accepted(whole: Whole, team: str) -> Whole:
    offer = offer_to(whole, team)
    tasks = tuple(
        replace(task, status="accepted", owner_team=team)
        if task.offer_id == offer.offer_id
        else task
        for task in whole.tasks
    )
    return replace(with_offer(whole, team, "accepted"), tasks=tasks)


def with_handover(whole: Whole, **changes) -> Whole:
    return replace(whole, handover=replace(whole.handover, **changes))


def rules_of(whole: Whole, task_ids) -> set[str]:
    return {whole.task(task_id).rule_id for task_id in task_ids}
