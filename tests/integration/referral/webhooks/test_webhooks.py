"""A team's own system hears of its handovers: signed, under one id, and without a word on the patient."""

from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from services.chassis.replay import Wanted, say_again
from services.referral.outbound.keeping import KEEPING
from tests.integration.referral.conftest import (
    EDNA,
    HARBOUR,
    PHARMACY,
    WARD,
    House,
    after_asthma,
    described,
)
from tests.integration.referral.webhooks.conftest import deliver, subscribed, told
from tests.support.hook import Hook


async def test_a_team_hears_of_its_handovers_signed_and_without_a_word_on_the_patient(
    house: House, hook: Hook
) -> None:
    await house.hear(described())
    subscription = await subscribed(house, hook)
    handover = await house.open()
    await house.open(after_asthma())

    await deliver(house)

    assert [message.said["type"] for message in hook.heard] == ["handover.opened"]
    [message] = hook.heard
    assert message.said["data"] == {"id": str(handover), "resource": f"/handovers/{handover}"}
    assert Webhook(subscription["secret"]).verify(message.body, message.headers) == message.said
    assert message.path == "/hook?tenant=4"
    whole = f"{message.headers}{message.body!r}"
    assert EDNA not in whole
    assert "Hartley" not in whole
    assert [one["state"] for one in await told(house, subscription)] == ["delivered"]


async def test_a_task_is_pointed_at_where_it_can_be_read(house: House, hook: Hook) -> None:
    subscription = await subscribed(house, hook, events=["task.changed"])
    await house.open()
    offer = await house.offer_to(PHARMACY)
    async with house.client(PHARMACY) as client:
        (await client.post(f"/offers/{offer}/accept")).raise_for_status()
        task = await house.pool.fetchval(
            "SELECT task_id FROM tasks WHERE owner_team = $1 LIMIT 1", PHARMACY
        )
        (await client.post(f"/tasks/{task}/start")).raise_for_status()

        await deliver(house)

        [message] = hook.heard
        resource = message.said["data"]["resource"]
        assert resource == f"/fhir/Task/{task}"
        assert (await client.get(resource)).json()["status"] == "in-progress"
    assert len(await told(house, subscription)) == 1


async def test_a_ping_says_that_something_happened_and_nothing_else(
    house: House, hook: Hook
) -> None:
    await subscribed(house, hook, payload="ping")
    await house.open()

    await deliver(house)

    assert [message.said["data"] for message in hook.heard] == [{}]


async def test_nothing_is_written_where_nobody_listens(house: House, hook: Hook) -> None:
    subscription = await subscribed(house, hook, team=HARBOUR)
    await house.open()
    async with house.client(HARBOUR) as client:
        await client.post(f"/webhooks/{subscription['subscription_id']}/pause")
    await house.open(after_asthma())

    assert await house.pool.fetchval("SELECT count(*) FROM webhook_deliveries") == 0


async def test_what_is_rolled_back_is_not_told(house: House, hook: Hook) -> None:
    await subscribed(house, hook, team=WARD)
    handover = await house.open()
    before = await house.pool.fetchval("SELECT count(*) FROM webhook_deliveries")
    async with house.client(WARD) as client:
        refused = await client.post(f"/handovers/{handover}/complete")

    assert refused.status_code == 422
    assert await house.pool.fetchval("SELECT count(*) FROM webhook_deliveries") == before


async def test_a_secret_is_shown_once_can_be_changed_and_is_kept_nowhere(
    house: House, hook: Hook
) -> None:
    subscription = await subscribed(house, hook)
    path = f"/webhooks/{subscription['subscription_id']}"
    async with house.client(PHARMACY) as client:
        new = (await client.post(f"{path}/rotate-secret")).json()["secret"]
        sent = (await client.post(f"{path}/test")).json()
        shown = (await client.get("/webhooks")).text
    await deliver(house)

    [message] = hook.heard
    assert message.said["type"] == "webhook.test"
    assert message.headers["webhook-id"] == sent["delivery_id"]
    for secret in (subscription["secret"], new):
        Webhook(secret).verify(message.body, message.headers)
        assert secret not in shown
        kept = await house.pool.fetchval(
            "SELECT string_agg(to_jsonb(s)::text, '') FROM webhook_subscriptions s"
        )
        assert secret.removeprefix("whsec_") not in kept
    await house.pool.execute(
        "UPDATE webhook_subscriptions SET previous_until = clock_timestamp() - interval '1 second'"
    )
    async with house.client(PHARMACY) as client:
        await client.post(f"{path}/test")
    await deliver(house)
    assert " " not in hook.heard[-1].headers["webhook-signature"]
    Webhook(new).verify(hook.heard[-1].body, hook.heard[-1].headers)


async def test_only_a_teams_own_systems_look_after_its_webhooks(house: House, hook: Hook) -> None:
    subscription = await subscribed(house, hook)
    path = f"/webhooks/{subscription['subscription_id']}"

    async with house.client(HARBOUR) as client:
        body = {"team": PHARMACY, "url": hook.url, "events": ["*"]}
        assert (await client.post("/webhooks", json=body)).status_code == 403
        assert (await client.get("/webhooks")).json() == []
        for method, where in (
            ("POST", f"{path}/pause"),
            ("POST", f"{path}/resume"),
            ("POST", f"{path}/rotate-secret"),
            ("POST", f"{path}/test"),
            ("GET", f"{path}/deliveries"),
            ("DELETE", path),
        ):
            assert (await client.request(method, where)).status_code == 404, where
    async with house.client(PHARMACY) as client:
        assert (await client.delete(path)).status_code == 204
        assert (await client.get("/webhooks")).json() == []


@pytest.mark.parametrize(
    "change",
    [
        {"events": []},
        {"events": ["patient.described"]},
        {"events": ["colour.changed"]},
        {"team": "nobody"},
        {"url": "not an address"},
        {"payload": "everything"},
        {"colour": "red"},
    ],
)
async def test_a_subscription_that_makes_no_sense_is_refused(
    house: House, hook: Hook, change: dict[str, Any]
) -> None:
    given = {"team": PHARMACY, "url": hook.url, "events": ["*"]}
    async with house.client() as client:
        answer = await client.post("/webhooks", json=given | change)
        assert answer.status_code == 422, answer.text
        known = (await client.get("/webhooks/events")).json()["events"]
    assert "task.changed" in known


async def test_a_team_has_a_handful_of_webhooks_and_no_more(house: House, hook: Hook) -> None:
    for _ in range(10):
        await subscribed(house, hook)
    async with house.client(PHARMACY) as client:
        body = {"team": PHARMACY, "url": hook.url, "events": ["*"]}
        assert (await client.post("/webhooks", json=body)).status_code == 409


async def test_what_is_only_published_again_is_told_to_nobody_again(
    house: House, hook: Hook
) -> None:
    subscription = await subscribed(house, hook)
    since = await house.pool.fetchval("SELECT clock_timestamp()")
    await house.open()
    before = await told(house, subscription)
    await house.pool.execute("DELETE FROM outbox_pending")

    async with house.database.unit_of_work() as unit:
        events, _ = await say_again(unit.connection, Wanted(since, unit.now), None)

    assert events > 0
    assert before != []
    assert await told(house, subscription) == before


async def test_what_ended_three_months_ago_is_cleared_up(house: House, hook: Hook) -> None:
    subscription = await subscribed(house, hook)
    await house.open()
    await deliver(house)
    [clearing] = [kept.clearing for kept in KEEPING if kept.table == "webhook_deliveries"]
    assert clearing is not None
    await house.pool.execute(
        "UPDATE webhook_deliveries SET ended_at = ended_at - interval '89 days'"
    )
    await house.pool.execute(clearing.sql, 90, 1000)
    assert await told(house, subscription) != []

    await house.pool.execute(
        "UPDATE webhook_deliveries SET ended_at = ended_at - interval '2 days'"
    )
    await house.pool.execute(clearing.sql, 90, 1000)

    assert await told(house, subscription) == []
