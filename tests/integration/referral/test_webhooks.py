"""Other systems hear what happens to the handovers of their team, signed, thin, and again until they answer."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from services.referral.app import build_app
from services.referral.domain.webhooks import Verdict
from services.referral.inbound.webhook_post import WebhookPost
from services.referral.outbound.keeping import KEEPING
from services.referral.outbound.webhook_sender import WebhookSender
from services.referral.outbound.webhooks import WebhookTables
from services.referral.usecases.deliver_webhooks import Deliveries
from tests.integration.referral.conftest import (
    EDNA,
    HARBOUR,
    PHARMACY,
    SITE_SECRET,
    WARD,
    House,
    after_asthma,
    described,
    some_settings,
)
from tests.support.hook import Hook, a_hook


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with a_hook() as hook:
        yield hook


async def subscribed(
    house: House, hook: Hook, team: str = PHARMACY, **changes: Any
) -> dict[str, Any]:
    given = {"team": team, "url": hook.url, "events": ["*"], "payload": "reference"}
    async with house.client(team) as client:
        answer = await client.post("/webhooks", json=given | changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    subscription: dict[str, Any] = made["subscription"]
    return subscription | {"secret": made["secret"]}


def post_of(house: House, **changes: Any) -> WebhookPost:
    sender = WebhookSender(**({"anywhere": True, "patience": 0.3} | changes))
    return WebhookPost(Deliveries(house.database, WebhookTables(), sender, SITE_SECRET.encode()))


async def deliver(house: House, **changes: Any) -> None:
    """Send what is due, until nothing is."""
    post = post_of(house, **changes)
    while await post.look():
        await post.settle_all()


async def told(house: House, subscription: dict[str, Any], team: str = PHARMACY) -> list[Any]:
    async with house.client(team) as client:
        answer = await client.get(f"/webhooks/{subscription['subscription_id']}/deliveries")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()
    return found


async def state_of(house: House, team: str = PHARMACY) -> dict[str, Any]:
    async with house.client(team) as client:
        [found] = (await client.get("/webhooks")).json()
    state: dict[str, Any] = found
    return state


async def again_later(house: House) -> None:
    """The time of the next attempt has come."""
    await house.pool.execute("UPDATE webhook_deliveries SET next_at = clock_timestamp()")


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
