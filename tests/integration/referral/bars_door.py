"""Messages as hospitals and services send them to the door of BaRS."""

import json
from datetime import UTC, datetime, timedelta

from tests.support.bars import (
    a_referral,
    headers,
)

DOOR = "/fhir/$process-message"


PODIATRY = "podiatry-ZTA"


async def send(house, bundle, who="hospital", **changes):
    async with house.client(who) as system:
        body = bundle if isinstance(bundle, bytes) else json.dumps(bundle).encode()
        return await system.post(DOOR, content=body, headers=headers(**changes))


def issue(answer) -> tuple[int, str, str]:
    [first, *_] = answer.json()["issue"]
    return answer.status_code, first["details"]["coding"][0]["code"], first["code"]


async def refer(house) -> tuple[dict, str]:
    """Gives the message and the id of the referral."""
    bundle = a_referral()
    answer = await send(house, bundle)
    assert answer.status_code == 200, answer.text
    referral_id = await house.pool.fetchval("SELECT referral_id FROM referrals")
    return bundle, str(referral_id)


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


async def request_of(house) -> str:
    return str(await house.pool.fetchval("SELECT service_request FROM referrals"))
