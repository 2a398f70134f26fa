"""Practices close and patients move: work is always somebody's, and no deadline restarts (S09, S10)."""

from dataclasses import replace

import pytest

from schemas.document import DocumentAnswered
from schemas.offer import OfferMadeLater, OfferRedirected, OfferUnanswered
from schemas.spell import Coding
from services.referral.domain.edition import Edition
from services.referral.usecases import measures
from tests.integration.referral.conftest import (
    COMMUNITY,
    ELM_TREE,
    PLACE,
    WARD,
    corrected,
    described,
    discharged,
)
from tests.integration.referral.moving_house import moving
from tests.unit.referral.builders import london

__all__ = ["moving"]
CLOSED, SUCCESSOR, NORTHGATE = "practice-Z90003", "practice-Z90004", "practice-Z90005"
COMMUNITY_NORTH = "community-ZYC"
ASTHMA = (Coding(system="http://snomed.info/sct", code="708038006"),)


async def at_mill_lane(moving, *, accepted: bool = True) -> None:
    """Monday 28 September: somebody goes home to the practice that will close on Wednesday."""
    await moving.hear(discharged(practice="Z90003", discharged_at=london("2026-09-28 09:00")))
    if accepted:
        await moving.answer(CLOSED, "accept")


async def nothing_is_ownerless(moving) -> None:
    await moving.sweep()
    assert measures.OWNERLESS._value.get() == 0


async def test_open_work_of_a_closed_practice_goes_to_its_successor_with_its_deadline(moving):
    await at_mill_lane(moving)
    before = (await moving.practice_tasks())["R06"]

    await moving.at("2026-09-30 23:59")
    assert (await moving.practice_tasks())["R06"]["owner_team"] == CLOSED
    await moving.at("2026-10-01 00:01")

    task = (await moving.practice_tasks())["R06"]
    assert task["due_at"] == before["due_at"] == london("2026-10-05 09:00")
    assert (task["owner_team"], task["status"]) == (WARD, "requested")
    assert (SUCCESSOR, "offered", "practice-closed") in await moving.offers()
    await nothing_is_ownerless(moving)

    await moving.at("2026-10-01 10:00")
    await moving.answer(SUCCESSOR, "accept")
    await moving.look()

    assert await moving.owners_of(task["task_id"]) == [WARD, CLOSED, WARD, SUCCESSOR]
    [told] = await moving.said(OfferRedirected)
    assert (told.offer.team, told.reason) == (SUCCESSOR, "practice-closed")
    assert told.offer.accept_by == london("2026-10-02 18:30")
    assert measures.WITH_CLOSED._value.get() == 0


async def test_what_a_closed_practice_was_only_asked_is_asked_of_its_successor(moving):
    await at_mill_lane(moving, accepted=False)

    await moving.at("2026-10-01 00:01")

    task = (await moving.practice_tasks())["R06"]
    assert await moving.owners_of(task["task_id"]) == [WARD]
    assert [state for team, state, _ in await moving.offers() if team == CLOSED] == ["withdrawn"]
    assert (SUCCESSOR, "offered", "practice-closed") in await moving.offers()
    assert len(await moving.said(OfferMadeLater)) == 1


async def test_a_successor_that_declines_leaves_the_work_with_the_ward(moving):
    await at_mill_lane(moving)
    await moving.at("2026-10-01 09:00")

    await moving.answer(SUCCESSOR, "decline", reason="not-our-patient")
    await moving.look()

    task = (await moving.practice_tasks())["R06"]
    assert (task["owner_team"], task["status"]) == (WARD, "accepted")
    assert len(await moving.said(OfferRedirected)) == 1


async def test_who_coordinated_in_a_closed_practice_is_followed_in_that_too(moving):
    await at_mill_lane(moving, accepted=False)
    await moving.answer(CLOSED, "accept", take_coordination=True)
    await moving.at("2026-10-01 09:00")

    answer = await moving.answer(SUCCESSOR, "accept")

    assert answer["coordinator_team"] == SUCCESSOR


async def test_a_coordination_is_followed_after_the_work_is_done_too(moving):
    await at_mill_lane(moving, accepted=False)
    await moving.answer(CLOSED, "accept", take_coordination=True)
    task = (await moving.practice_tasks())["R06"]
    await moving.do(f"tasks/{task['task_id']}/complete", reason="All medicines compared.")

    await moving.at("2026-10-01 09:00")
    await moving.look()
    answer = await moving.answer(SUCCESSOR, "accept")

    assert answer["coordinator_team"] == SUCCESSOR


async def test_a_discharge_that_still_names_the_closed_practice_is_routed_by_succession(moving):
    await moving.at("2026-10-02 15:00")

    await moving.hear(discharged(practice="Z90003", discharged_at=london("2026-10-02 15:00")))

    offer = await moving.pool.fetchrow(
        "SELECT team, instead_of FROM offers WHERE role = 'gp-practice'"
    )
    assert tuple(offer) == (SUCCESSOR, "Z90003")


async def test_where_the_patient_is_registered_now_wins_over_succession(moving):
    await moving.at("2026-10-02 14:00")
    await moving.hear(described(practice="Z90001", described_at=london("2026-10-02 14:00")))

    await moving.hear(discharged(practice="Z90003", discharged_at=london("2026-10-02 15:00")))

    assert (
        await moving.pool.fetchval("SELECT team FROM offers WHERE role = 'gp-practice'") == ELM_TREE
    )


async def test_a_practice_that_nobody_follows_leaves_the_work_with_the_hospital(moving):
    nobody_follows(moving)
    await at_mill_lane(moving)

    await moving.at("2026-10-01 00:01")
    await moving.look()

    task = (await moving.practice_tasks())["R06"]
    assert await moving.owners_of(task["task_id"]) == [WARD, CLOSED, WARD]
    settle = await moving.task("R72")
    assert settle["code"] == "settle-practice-closure"
    assert (
        await moving.pool.fetchval(
            "SELECT team FROM offers WHERE offer_id = $1", settle["offer_id"]
        )
        == PLACE
    )
    await nothing_is_ownerless(moving)


def nobody_follows(moving) -> None:
    edition = moving.playbook.directory.edition
    alone = replace(edition.organisations["Z90003"], successor=None)
    moving.playbook.directory.take(
        Edition(edition.teams, {**edition.organisations, "Z90003": alone}, edition.last_resort)
    )


def answered(event, answer: str, by: str, at: str) -> DocumentAnswered:
    return DocumentAnswered(
        patient_key=event.patient_key,
        spell_id=event.spell_id,
        answer=answer,
        answered_by=by,
        answered_at=london(at),
    )


@pytest.mark.parametrize("answer", ["30002", "30003"])
@pytest.mark.parametrize("accepted", [True, False])
async def test_a_practice_that_lacks_the_patient_gives_the_work_back(moving, answer, accepted):
    event = discharged(discharged_at=london("2026-09-28 09:00"))
    await moving.hear(event)
    if accepted:
        await moving.answer(ELM_TREE, "accept")
    await moving.at("2026-09-28 15:00")

    await moving.hear(answered(event, answer, "Z90001", "2026-09-28 15:00"))

    task = (await moving.practice_tasks())["R06"]
    assert (task["owner_team"], task["status"]) == (WARD, "accepted")
    assert (ELM_TREE, "declined", "") in await moving.offers()
    find = await moving.task("practice-unknown")
    assert find["due_at"] == london("2026-09-28 19:00")
    await nothing_is_ownerless(moving)


async def test_the_work_is_offered_again_once_the_right_practice_is_known(moving):
    event = discharged(discharged_at=london("2026-09-28 09:00"))
    await moving.hear(event, answered(event, "30002", "Z90001", "2026-09-28 09:30"))

    await moving.hear(described(practice="Z90004", described_at=london("2026-09-28 10:00")))

    task = (await moving.practice_tasks())["R06"]
    assert task["due_at"] == london("2026-10-05 09:00")
    assert (SUCCESSOR, "offered", "practice-changed") in await moving.offers()


async def test_a_practice_that_says_the_patient_died_ends_what_a_death_ends(moving):
    event = discharged(discharged_at=london("2026-09-28 09:00"))
    await moving.hear(event)

    await moving.hear(answered(event, "30004", "Z90001", "2026-09-28 15:00"))

    assert await moving.pool.fetchval("SELECT death FROM handovers") == "said"
    assert "R06" not in await moving.practice_tasks()


async def on_the_way(moving) -> None:
    """Monday 19 October: home to Elm Tree, which accepts, begins the medicines and has a check due on 2 November."""
    await moving.at("2026-10-19 10:00")
    await moving.hear(described(practice="Z90001", described_at=london("2026-10-19 09:00")))
    await moving.hear(discharged(diagnoses=ASTHMA, discharged_at=london("2026-10-19 10:00")))
    await moving.pool.execute(
        "UPDATE tasks SET due_at = $1, rings_at = $1 WHERE rule_id = 'R26'",
        london("2026-11-02 18:30"),
    )
    await moving.answer(ELM_TREE, "accept")
    medicines = (await moving.practice_tasks())["R06"]
    await moving.do(f"tasks/{medicines['task_id']}/start")


async def moves_north(moving) -> None:
    await moving.at("2026-10-22 06:00")
    await moving.hear(described(practice="Z90005", described_at=london("2026-10-22 06:00")))


async def test_what_the_old_practice_has_not_begun_is_offered_to_the_new_one(moving):
    await on_the_way(moving)

    await moves_north(moving)

    tasks = await moving.practice_tasks()
    check, medicines = tasks["R26"], tasks["R06"]
    assert (check["owner_team"], check["status"]) == (ELM_TREE, "requested")
    assert check["due_at"] == london("2026-11-02 18:30")
    assert (medicines["owner_team"], medicines["status"]) == (ELM_TREE, "in-progress")
    [asked] = [each for each in await moving.said(OfferMadeLater) if each.offer.team == NORTHGATE]
    assert (asked.owner_team, asked.reason) == (ELM_TREE, "practice-changed")
    assert asked.offer.accept_by == london("2026-10-23 18:30")
    assert await moving.pool.fetchval("SELECT code FROM happenings") == "practice-changed"

    await moving.at("2026-10-23 11:00")
    await moving.answer(NORTHGATE, "accept")

    check = (await moving.practice_tasks())["R26"]
    assert await moving.owners_of(check["task_id"]) == [WARD, ELM_TREE, NORTHGATE]
    assert check["due_at"] == london("2026-11-02 18:30")
    await nothing_is_ownerless(moving)


async def test_a_service_of_the_old_area_passes_on_to_that_of_the_new_one_on_the_same_clock(moving):
    await moving.at("2026-10-19 10:00")
    await moving.hear(described(practice="Z90001", described_at=london("2026-10-19 09:00")))
    await moving.hear(discharged(discharged_at=london("2026-10-19 10:00")))
    await moving.answer(COMMUNITY, "accept")
    before = await moving.task("R14")

    await moves_north(moving)

    after = await moving.task("R14")
    assert (after["owner_team"], after["due_at"]) == (COMMUNITY, before["due_at"])
    assert (COMMUNITY_NORTH, "offered", "out-of-area") in await moving.offers()
    started = await moving.pool.fetchval("SELECT clock_started_at FROM handovers")
    assert started == london("2026-10-19 10:00")

    await moving.answer(COMMUNITY_NORTH, "accept")
    assert await moving.owners_of(after["task_id"]) == [WARD, COMMUNITY, COMMUNITY_NORTH]


async def test_a_new_practice_that_stays_silent_is_told_to_both_and_to_the_place(moving):
    await on_the_way(moving)
    await moves_north(moving)

    await moving.at("2026-10-23 18:29")
    assert await moving.said(OfferUnanswered) == []
    await moving.at("2026-10-23 18:31")

    silent = [each for each in await moving.said(OfferUnanswered) if each.team == NORTHGATE]
    [told] = silent
    assert {ELM_TREE, NORTHGATE} <= set(told.told_teams)
    settle = await moving.task("R71")
    assert settle["code"] == "settle-practice-change"
    check = (await moving.practice_tasks())["R26"]
    assert check["owner_team"] == ELM_TREE


async def test_a_new_practice_that_declines_leaves_the_work_where_it_was(moving):
    await on_the_way(moving)
    await moves_north(moving)

    await moving.answer(NORTHGATE, "decline", reason="not-our-patient")

    check = (await moving.practice_tasks())["R26"]
    assert (check["owner_team"], check["status"]) == (ELM_TREE, "accepted")


async def test_a_patient_who_comes_back_has_never_left(moving):
    await on_the_way(moving)
    await moves_north(moving)

    await moving.hear(described(practice="Z90001", described_at=london("2026-10-22 09:00")))

    check = (await moving.practice_tasks())["R26"]
    assert await moving.owners_of(check["task_id"]) == [WARD, ELM_TREE]
    assert check["status"] == "accepted"
    assert [team for team, state, _ in await moving.offers("offered") if "practice" in team] == []


async def test_what_waits_at_the_old_practice_is_asked_of_the_new_one(moving):
    await moving.hear(described(practice="Z90001", described_at=london("2026-09-28 08:00")))
    await moving.hear(discharged(discharged_at=london("2026-09-28 09:00")))

    await moving.hear(described(practice="Z90004", described_at=london("2026-09-28 09:30")))

    task = (await moving.practice_tasks())["R06"]
    assert (task["owner_team"], task["due_at"]) == (WARD, london("2026-10-05 09:00"))
    states = {team: state for team, state, _ in await moving.offers()}
    assert (states[ELM_TREE], states[SUCCESSOR]) == ("withdrawn", "offered")


@pytest.mark.parametrize("practice", ["Z90001", None])
async def test_the_same_practice_again_or_none_moves_nothing(moving, practice):
    await on_the_way(moving)

    await moving.hear(described(practice=practice, described_at=london("2026-10-19 11:00")))
    await moving.hear(described(practice="Z90005", described_at=london("2026-10-01 11:00")))

    assert await moving.said(OfferMadeLater) == []


async def test_a_practice_that_the_directory_does_not_know_brings_in_the_registration_team(moving):
    await on_the_way(moving)

    await moving.hear(described(practice="Z99999", described_at=london("2026-10-22 06:00")))

    assert (PLACE, "offered", "practice-changed") in await moving.offers()
    assert (await moving.practice_tasks())["R06"]["owner_team"] == ELM_TREE


async def test_the_correction_that_comes_with_the_move_asks_nobody_twice(moving):
    """The hospital's system says the new practice of the stay too, sooner or later than the patient's record."""
    await moving.hear(described(practice="Z90001", described_at=london("2026-09-28 08:00")))
    event = discharged(discharged_at=london("2026-09-28 09:00"))
    await moving.hear(event)
    await moving.hear(described(practice="Z90004", described_at=london("2026-09-28 09:30")))
    await moving.hear(corrected(event, practice="Z90004"))

    asked = [team for team, _, _ in await moving.offers() if "practice" in team]
    assert asked == [ELM_TREE, SUCCESSOR]
