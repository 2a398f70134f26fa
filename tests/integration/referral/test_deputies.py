"""A queue that is too long is looked after by another team."""

from services.chassis.metrics import registry
from services.referral.app import build_queue_watch
from services.referral.domain.queues import Queue, Queues
from services.referral.inbound.cover import cover_of
from services.referral.outbound.queue_counts import QueueTables
from tests.integration.referral.clerical import R26
from tests.integration.referral.conftest import (
    COMMUNITY,
    ELM_TREE,
    HARBOUR,
    TOM,
    after_asthma,
    described,
    discharged,
)
from tests.integration.referral.test_pages import plain
from tests.integration.referral.test_worklist import accepted


def let_help(house, limit, deputy=HARBOUR):
    queues = Queues.of([Queue(ELM_TREE, limit, deputy)])
    house.app.state.cover = cover_of(house.database, queues, QueueTables())


async def test_a_deputy_sees_a_queue_over_its_limit_and_takes_work_for_the_team(house):
    await accepted(house)
    let_help(house, 2)
    deputy = await house.visitor("staff-harbour")
    link = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"

    page = plain(await deputy.get("/"))
    taken = await deputy.post(f"{link}/claim", data={})
    after = await house.task("R26")
    completed = await deputy.post(f"{link}/complete", data={"outcome": "Seen"})

    assert "More waits for Elm Tree Surgery than it can do for now." in page
    assert R26 in page
    assert taken.status_code == 303
    assert (after["owner_team"], after["owner_person"]) == (ELM_TREE, "staff-harbour")
    assert completed.status_code == 303


async def test_a_deputy_answers_an_offer_and_the_team_is_accountable(house):
    await house.hear(described(), discharged(), described(TOM), after_asthma(practice="Z90001"))
    let_help(house, 1)
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(HARBOUR) as deputy:
        answer = await deputy.post(f"/offers/{offer_id}/accept")

    assert (answer.status_code, answer.json()["team"]) == (200, ELM_TREE)


async def test_a_queue_within_its_limit_is_its_teams_own(house):
    await accepted(house)
    let_help(house, 3)
    deputy = await house.visitor("staff-harbour")

    page = plain(await deputy.get("/"))
    answer = await deputy.get(f"/worklist/tasks/{(await house.task('R26'))['task_id']}")

    assert "More waits for" not in page
    assert "Hartley" not in page
    assert answer.status_code == 404


async def test_a_deputy_keeps_what_they_took_when_the_queue_is_short_again(house):
    await accepted(house)
    let_help(house, 2)
    deputy = await house.visitor("staff-harbour")
    link = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"
    await deputy.post(f"{link}/claim", data={})
    let_help(house, 200)

    assert (await deputy.get(link)).status_code == 200


async def test_the_operator_sees_how_long_and_how_old_each_queue_is(house):
    await accepted(house)
    watch = build_queue_watch(house.database, house.playbook)

    await watch.look()

    depth = registry.get_sample_value("baton_referral_queue_depth", {"team": ELM_TREE})
    idle = registry.get_sample_value("baton_referral_queue_depth", {"team": HARBOUR})
    asked = registry.get_sample_value("baton_referral_queue_depth", {"team": COMMUNITY})
    assert (depth, idle) == (3, 0)
    assert asked is not None
    assert asked > 0
    age = registry.get_sample_value("baton_referral_queue_oldest_seconds", {"team": ELM_TREE})
    assert age is not None
    assert age > 0
