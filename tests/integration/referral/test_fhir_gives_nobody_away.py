"""A patient with unmistakable details is looked for, read, moved and told of: no address, log line or error says who."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from standardwebhooks.webhooks import Webhook

from schemas.patient import PersonName
from services.chassis.log import configure, get_logger
from services.referral.inbound.webhook_post import WebhookPost
from services.referral.outbound.webhook_sender import WebhookSender
from services.referral.outbound.webhooks import WebhookTables
from services.referral.usecases.deliver_webhooks import Deliveries
from tests.integration.referral.conftest import (
    PHARMACY,
    SITE_SECRET,
    WARD,
    House,
    described,
    discharged,
)
from tests.support.canary import BORN, FAMILY, GIVEN, NUMBER, sightings
from tests.support.hook import a_hook


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as it would be written."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    written = io.StringIO()
    configure("referral", "DEBUG", stream=written)
    get_logger().info("canary.let_out")
    yield written
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.configure(**before)


async def a_canary(house: House) -> None:
    name = PersonName(family=FAMILY, given=GIVEN)
    await house.hear(described(NUMBER, name=name, birth_date=BORN))
    await house.open(discharged(NUMBER))


def links(bundle: dict[str, Any]) -> str:
    return str([bundle["link"], [entry["fullUrl"] for entry in bundle.get("entry", [])]])


async def test_nobody_learns_from_what_goes_round_who_it_is(
    house: House, lines: io.StringIO
) -> None:
    await a_canary(house)
    said = ""
    async with house.client(WARD) as client, a_hook() as hook:
        made = await client.post(
            "/webhooks",
            json={"team": WARD, "url": hook.url, "events": ["*"], "payload": "reference"},
        )
        form = {"patient:identifier": NUMBER, "_count": "1"}
        bundle = (await client.post("/fhir/Task/_search", data=form)).json()
        [entry] = bundle["entry"]
        assert entry["resource"]["for"]["identifier"]["value"] == NUMBER
        said += links(bundle)
        following = next(one["url"] for one in bundle["link"] if one["relation"] == "next")
        said += links((await client.get(following)).json())
        for path in (
            f"/fhir/Task?patient:identifier={NUMBER}",
            f"/fhir/Task?_id={NUMBER}",
            f"/fhir/Task/{NUMBER}",
            f"/fhir/Task/{FAMILY}",
            f"/fhir/Provenance?target={NUMBER}",
        ):
            answer = await client.get(path)
            assert answer.status_code in {400, 404}
            said += answer.text
        task = entry["resource"]
        wrong = task | {"for": {"display": f"{GIVEN} {FAMILY}"}}
        refusal = await client.put(
            f"/fhir/Task/{task['id']}",
            json=wrong,
            headers={"If-Match": 'W/"1"', "Content-Type": "application/fhir+json"},
        )
        assert refusal.status_code == 422
        said += refusal.text
        deeds = await client.get(f"/fhir/Provenance?target=Task/{task['id']}")
        said += deeds.text
        offer = await house.offer_to(PHARMACY)
        async with house.client(PHARMACY) as pharmacy:
            (await pharmacy.post(f"/offers/{offer}/accept")).raise_for_status()
        sender = WebhookSender(anywhere=True)
        post = WebhookPost(
            Deliveries(house.database, WebhookTables(), sender, SITE_SECRET.encode())
        )
        while await post.look():
            await post.settle_all()
        assert hook.heard
        for message in hook.heard:
            Webhook(made.json()["secret"]).verify(message.body, message.headers)
            said += f"{message.path} {message.headers} {message.body.decode()}"
        kept = await house.pool.fetchval(
            "SELECT string_agg(to_jsonb(d)::text, '') FROM webhook_deliveries d"
        )

    assert sightings(said) == []
    assert sightings(kept) == []
    assert "canary.let_out" in lines.getvalue()
    assert sightings(lines.getvalue()) == []
    assert made.json()["secret"] not in lines.getvalue()
    assert "tenant=4" not in lines.getvalue()
