"""What becomes of a document that asks for work: one task, whoever has it, and no more."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.referral.domain import reading
from services.referral.domain.facts import HandoverReplanned, HandoverWithdrawn
from services.referral.domain.handover import Whole
from services.referral.domain.reading import Document
from services.referral.domain.wording import counting_in_words
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    NOW,
    PLACE,
    WARD,
    a_playbook,
    a_whole,
    accepted,
    london,
    new_id,
    offer_to,
    with_offer,
)


def a_document(number: int = 1, **changes) -> Document:
    document = Document(
        document_id=UUID(int=number),
        patient_key="0" * 32,
        spell_id=UUID(int=77120),
        replaces=None,
        sender="ZTA",
        recipient="Z90001",
        for_action=True,
        received_at=london("2026-09-08 15:05"),
        discharged_at=london("2026-09-08 11:20"),
        test_patient=False,
        correlation_id=UUID(int=99),
    )
    return replace(document, **changes)


def read_in(whole: Whole, *documents: Document, over=()):
    return reading.read_in(whole, documents, over, NOW, a_playbook(), new_id)


def after(whole: Whole, fact: HandoverReplanned) -> Whole:
    return replace(whole, offers=(*whole.offers, *fact.offers), tasks=(*whole.tasks, *fact.tasks))


def test_it_is_due_at_the_close_of_the_practices_next_working_day():
    fact, tasks = read_in(a_whole(), a_document())

    [task] = fact.tasks
    assert task.due_at == london("2026-09-09 18:30")
    assert task.code == "read-and-extract"
    assert task.needs_outcome
    assert tasks == {UUID(int=1): task.task_id}


def test_the_deadline_says_in_words_where_it_comes_from_and_that_it_is_local():
    rule = a_playbook().rule("read-document")

    assert "1 working day after the document arrived" in counting_in_words(
        rule.counting, rule.anchor
    )
    assert rule.unverified
    assert rule.local_defaults


def test_it_joins_the_offer_that_waits_and_makes_another_one_after_an_answer():
    whole = a_whole()

    waiting, _ = read_in(whole, a_document())
    answered, _ = read_in(with_offer(whole, ELM_TREE, "declined"), a_document())

    assert waiting.offers == ()
    assert waiting.tasks[0].offer_id == offer_to(whole, ELM_TREE).offer_id
    assert [offer.team for offer in answered.offers] == [ELM_TREE]


def test_the_sender_answers_for_it_until_somebody_accepts():
    fact, _ = read_in(a_whole(), a_document())

    assert fact.tasks[0].owner_team == WARD
    assert fact.tasks[0].status == "requested"


def test_two_documents_are_two_tasks():
    fact, tasks = read_in(a_whole(), a_document(1), a_document(2))

    assert {task.task_id for task in fact.tasks} == set(tasks.values())
    assert len(tasks) == 2


def test_a_team_that_accepted_keeps_its_place():
    first, tasks = read_in(a_whole(), a_document(1))
    whole = accepted(after(a_whole(), first), ELM_TREE)

    fact, again = read_in(whole, a_document(2), over=[tasks[UUID(int=1)]])

    assert fact.reason == "document-replaced"
    assert fact.cancelled == (tasks[UUID(int=1)],)
    [task] = fact.tasks
    assert (task.status, task.owner_team) == ("accepted", ELM_TREE)
    assert again == {UUID(int=2): task.task_id}
    assert fact.offers == fact.withdrawn == ()


def test_a_replacement_for_somebody_else_is_offered_to_them():
    first, tasks = read_in(a_whole(), a_document(1))
    whole = accepted(after(a_whole(), first), ELM_TREE)

    fact, _ = read_in(whole, a_document(2, recipient="Z90002"), over=[tasks[UUID(int=1)]])

    assert [task.status for task in fact.tasks] == ["requested"]


def test_what_is_taken_back_leaves_the_rest_alone():
    first, tasks = read_in(a_whole(), a_document(1))
    whole = after(a_whole(), first)

    fact, _ = read_in(whole, over=tasks.values())

    assert fact.reason == "document-withdrawn"
    assert fact.cancelled == tuple(tasks.values())
    assert fact.withdrawn == ()
    assert read_in(whole, over=[UUID(int=5)]) == (None, {})


def test_a_document_alone_is_handed_over_by_the_ward_of_its_sender():
    opened, task_id = reading.open_for(a_document(), NOW, a_playbook(), new_id)

    assert opened.handover.purpose == "document"
    assert opened.handover.coordinator_team == WARD
    assert opened.handover.clock_started_at == london("2026-09-08 11:20")
    assert [offer.team for offer in opened.offers] == [ELM_TREE]
    assert [task.task_id for task in opened.tasks] == [task_id]
    whole = Whole(opened.handover, opened.offers, opened.tasks)
    fact, _ = read_in(whole, over=[task_id])
    assert isinstance(fact, HandoverWithdrawn)


def test_without_a_stay_its_own_id_stands_for_one():
    opened, _ = reading.open_for(a_document(spell_id=None), NOW, a_playbook(), new_id)

    assert opened.handover.spell_id == UUID(int=1)


@pytest.mark.parametrize(
    ("recipient", "team"), [("Z90002", "practice-Z90002"), ("V81999", PLACE), ("ZTC", PLACE)]
)
def test_it_goes_to_the_practice_that_it_is_for_or_to_who_can_find_one(recipient, team):
    opened, _ = reading.open_for(a_document(recipient=recipient), NOW, a_playbook(), new_id)

    assert [offer.team for offer in opened.offers] == [team]
    assert COMMUNITY not in {offer.team for offer in opened.offers}


def test_a_copy_a_test_and_what_is_over_ask_nobody():
    live, rehearsal = a_playbook(live=True), a_playbook()

    assert reading.must_be_read(a_document(), live)
    assert not reading.must_be_read(a_document(for_action=False), live)
    assert not reading.must_be_read(a_document(state="replaced"), live)
    assert not reading.must_be_read(a_document(test_patient=True), live)
    assert reading.must_be_read(a_document(test_patient=True), rehearsal)


def test_a_document_does_not_wait_long_for_its_discharge():
    assert timedelta() < reading.SETTLING <= timedelta(minutes=5)
