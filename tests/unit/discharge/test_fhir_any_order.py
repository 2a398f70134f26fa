from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID

import pytest

from services.discharge.domain.spell import Spell, hear
from services.discharge.domain.timeline import fold
from tests.support.bundles import statement
from tests.support.hospital import a_notification

ADMIT, TRANSFER, DISCHARGE = (f"notification-{word}" for word in ("admit", "transfer", "discharge"))


def said(hour, event, status=None, **given):
    facts = given | ({"status": status} if status else {})
    document = a_notification(event, **facts) | {"timestamp": f"2026-09-08T{hour}:00+01:00"}
    return statement(document)


ADMITTED = said("09:00", ADMIT)
MOVED = said("10:00", TRANSFER)
LEFT = said("11:21", DISCHARGE)
STILL_HERE = said("12:30", ADMIT, "in-progress")
LEFT_AGAIN = said("17:05", DISCHARGE, end="2026-09-08T17:00:00+01:00")
NEVER_WAS = said("18:00", TRANSFER, "entered-in-error")
ON_LEAVE = said("10:30", TRANSFER, "onleave")


def standing(statements):
    spell = Spell(UUID(int=1), "production", "ZTA", "visit:1", "key", "key", True, None, "ZTA")
    for each in statements:
        spell = hear(spell, each, each.stay, snapshot=True)
    return fold(spell.heard)


@pytest.mark.parametrize(
    ("messages", "state", "number"),
    [
        ((ADMITTED, MOVED, LEFT), "discharged", 1),
        ((ADMITTED, MOVED, LEFT, STILL_HERE), "open", None),
        ((ADMITTED, LEFT, STILL_HERE, LEFT_AGAIN), "discharged", 2),
        ((ADMITTED, LEFT, STILL_HERE, LEFT_AGAIN, NEVER_WAS), "void", None),
        ((ADMITTED, ON_LEAVE), "on-leave", None),
        ((LEFT, STILL_HERE), "open", None),
    ],
)
def test_notifications_end_the_same_in_whatever_order_they_come(messages, state, number):
    found = [standing(order) for order in permutations((*messages, messages[-1]))]

    assert all(each == found[0] for each in found)
    assert found[0].state == state
    assert (found[0].discharge.number if found[0].discharge else None) == number


def test_the_second_discharge_has_a_time_of_its_own():
    found = standing((ADMITTED, LEFT, STILL_HERE, LEFT_AGAIN))

    left = datetime.fromisoformat(found.discharge.content["discharged_at"])
    assert left == datetime(2026, 9, 8, 16, tzinfo=UTC)
