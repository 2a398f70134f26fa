"""What Edna hears after she was told of her discharge or her referral."""

from tests.integration.notify.carriers import EDNA_MAIL
from tests.unit.notify.facts import (
    accepted,
    described,
)

HARBOUR = "practice-Z90002"


async def begun(house, handover):
    await house.hear(described(), handover)
    if handover.purpose != "referral":
        await house.hear(accepted(handover))
    await house.deliver()
    assert len(house.mails_to(EDNA_MAIL)) == 1
    return handover


def news(house):
    """What Edna's mails say after the first."""
    return [mail.body for mail in house.mails_to(EDNA_MAIL)[1:]]


async def hear_and_deliver(house, *events):
    await house.hear(*events)
    await house.deliver()


def taken_by(handover, offer, team):
    return accepted(handover, offer_id=offer.offer_id, team=team)
