"""A receiver that is slow, gone or not to be trusted: told again, left alone, and never waited for."""

from typing import Any

import pytest

from services.referral.app import build_app
from services.referral.domain.webhooks import Verdict
from services.referral.outbound.webhook_sender import WebhookSender
from services.referral.outbound.webhooks import WebhookTables
from services.referral.usecases.deliver_webhooks import Deliveries
from tests.integration.referral.conftest import (
    HARBOUR,
    PHARMACY,
    SITE_SECRET,
    WARD,
    House,
    some_settings,
)
from tests.integration.referral.webhooks.conftest import (
    again_later,
    deliver,
    post_of,
    state_of,
    subscribed,
    told,
)
from tests.support.hook import Hook, a_hook


@pytest.mark.parametrize(
    ("mood", "answer"),
    [
        ("failing", "500"),
        ("slow", "timeout"),
        ("elsewhere", "302"),
        ("cut-off", "unreachable"),
    ],
)
async def test_what_is_not_heard_is_said_again_under_the_same_id(
    house: House, hook: Hook, mood: Any, answer: str
) -> None:
    subscription = await subscribed(house, hook)
    await house.open()
    hook.mood = mood

    await deliver(house)
    [waiting] = await told(house, subscription)
    hook.mood = "well"
    await again_later(house)
    await deliver(house)

    assert (waiting["state"], waiting["attempts"], waiting["answer"]) == ("waiting", 1, answer)
    assert [message.path for message in hook.heard] == ["/hook?tenant=4"] * 2
    assert len({message.headers["webhook-id"] for message in hook.heard}) == 1
    [done] = await told(house, subscription)
    assert (done["state"], done["attempts"], done["answer"]) == ("delivered", 2, "204")
    assert (await state_of(house))["failures"] == 0


async def test_an_answer_without_an_end_is_not_read(house: House, hook: Hook) -> None:
    subscription = await subscribed(house, hook)
    await house.open()
    hook.mood = "endless"

    await deliver(house)

    assert [one["answer"] for one in await told(house, subscription)] == ["200"]


async def test_a_receiver_that_is_gone_is_left_alone_until_its_owner_says_otherwise(
    house: House, hook: Hook
) -> None:
    subscription = await subscribed(house, hook)
    await house.open()
    hook.mood = "gone"
    await deliver(house)

    gone = await state_of(house)
    hook.mood = "well"
    async with house.client(PHARMACY) as client:
        path = f"/webhooks/{subscription['subscription_id']}"
        await client.post(f"{path}/resume")
        [lost] = await told(house, subscription)
        again = await client.post(f"{path}/deliveries/{lost['delivery_id']}/replay")
    await deliver(house)

    assert (gone["state"], gone["state_because"]) == ("disabled", "gone")
    assert (lost["state"], again.status_code) == ("given-up", 202)
    assert len({message.headers["webhook-id"] for message in hook.heard}) == 1
    assert [one["state"] for one in await told(house, subscription)] == ["delivered"]


async def test_a_receiver_that_fails_for_days_is_switched_off(house: House, hook: Hook) -> None:
    await subscribed(house, hook)
    await house.open()
    hook.mood = "failing"
    await deliver(house)
    await house.pool.execute(
        "UPDATE webhook_subscriptions SET failing_since = failing_since - interval '3 days'"
    )
    await again_later(house)

    await deliver(house)

    state = await state_of(house)
    assert (state["state"], state["state_because"], state["failures"]) == ("disabled", "failing", 2)


async def test_the_team_reads_on_its_worklist_that_its_system_hears_nothing(
    house: House, hook: Hook
) -> None:
    await subscribed(house, hook)
    await house.open()
    hook.mood = "gone"
    async with house.client(PHARMACY, Accept="text/html") as pharmacy:
        before = (await pharmacy.get("/")).text
        await deliver(house)
        after = (await pharmacy.get("/")).text
    async with house.client(HARBOUR, Accept="text/html") as harbour:
        others = (await harbour.get("/")).text

    assert "its webhook was switched off" not in before + others
    assert "its webhook was switched off" in after


async def test_a_slow_receiver_holds_up_nobody_else(house: House, hook: Hook) -> None:
    async with a_hook() as slow:
        slow.mood = "slow"
        await subscribed(house, slow, team=WARD)
        await subscribed(house, hook)
        for _ in range(6):
            await house.open()
        post = post_of(house, patience=5.0)

        first = await post.look()
        while not hook.heard:
            await post.look()

        assert first == 8
        while len(hook.heard) < 6:
            await post.look()
        assert len(slow.heard) <= 4
        await post.stop()


async def test_an_attempt_that_nobody_settled_is_made_again_and_a_late_word_on_it_counts_no_more(
    house: House, hook: Hook
) -> None:
    subscription = await subscribed(house, hook)
    await house.open()
    deliveries = Deliveries(
        house.database, WebhookTables(), WebhookSender(anywhere=True), SITE_SECRET.encode()
    )
    [lost] = await deliveries.claim([], 10)
    assert await deliveries.claim([], 10) == []

    await again_later(house)
    await deliver(house)

    async with house.database.unit_of_work() as unit:
        verdict = Verdict("waiting", None, "")
        assert not await WebhookTables().settle(unit.connection, lost, "500", verdict)
    assert [one["attempts"] for one in await told(house, subscription)] == [2]


async def test_a_name_that_leads_inside_reaches_nobody(house: House, hook: Hook) -> None:
    subscription = await subscribed(house, hook, url=hook.url.replace("127.0.0.1", "localhost"))
    await house.open()

    await deliver(house, anywhere=False)

    assert hook.heard == []
    assert [one["answer"] for one in await told(house, subscription)] == ["inside"]


async def test_a_live_site_sends_to_the_open_internet_over_https_only(
    house: House, hook: Hook
) -> None:
    live = some_settings(
        environment="live",
        kafka_security="SSL",
        site_secret="x" * 40,
        session_secret="y" * 40,
    )
    app = build_app(live, house.database, house.playbook)
    client = house.client(PHARMACY)
    client._transport = type(client._transport)(app)  # type: ignore[call-arg]
    body = {"team": PHARMACY, "events": ["*"]}
    async with client:
        for url in (hook.url, "https://127.0.0.1/", "https://localhost/x", "http://example.com/"):
            answer = await client.post("/webhooks", json=body | {"url": url})
            assert (answer.status_code, answer.json()["code"]) == (422, "webhook.target_refused")
        fine = await client.post("/webhooks", json=body | {"url": "https://hooks.example.com/"})
        assert fine.status_code == 201
