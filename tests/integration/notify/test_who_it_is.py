"""Records of patients are merged, parted and moved: nobody is told in another's name (P14, S11)."""

import pytest

from schemas.alert import AlertNotDelivered
from schemas.patient import ContactPoint
from tests.integration.notify.carriers import EDNA_MAIL, about_the_patient, patient_alert
from tests.integration.notify.test_alerts_of_teams import knock
from tests.integration.notify.test_the_patients_page import path_of_link
from tests.integration.notify.test_withdrawing import told
from tests.unit.notify.builders import EDNA, ELM_TREE, LETTER
from tests.unit.notify.facts import accepted, described, moved, opened

SURVIVOR = "5" * 32
NEW_MAIL = "edna.new@patients.example.net"


def survivor(house, **changes):
    return described(
        SURVIVOR,
        **{
            "described_at": house.now,
            "contact_points": (ContactPoint(kind="email", value=NEW_MAIL),),
        }
        | changes,
    )


def retired(house, by=SURVIVOR):
    return described(described_at=house.now, replaced_by=by)


async def open_page(house, path):
    async with knock(house.app(), Accept="text/html") as browser:
        return (await browser.get(path)).status_code


async def test_a_message_waits_while_nobody_can_be_sure_who_this_is_and_leaves_when_somebody_is(
    house,
):
    await house.hear(described(identity_held=True), opened())
    await house.deliver()
    assert await patient_alert(house) == ("waiting", "identity-held")

    await house.hear(described(described_at=house.now))
    await house.deliver()

    assert len(house.mails_to(EDNA_MAIL)) == 1


async def test_who_is_still_held_after_a_day_is_told_by_a_person(house):
    await house.hear(described(identity_held=True), opened())
    await house.deliver()
    await house.database.pool.execute("UPDATE alerts SET made_at = made_at - interval '24 hours'")
    await house.let_time_pass()
    await house.deliver()

    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("identity-held", True)


async def test_an_alert_under_a_retired_key_goes_to_the_person_under_the_key_that_replaced_it(
    house,
):
    await house.hear(described(), opened())
    await house.hear(retired(house), survivor(house))
    await house.deliver()

    assert len(house.mails_to(NEW_MAIL)) == 1
    assert house.mails_to(EDNA_MAIL) == []


async def test_a_chain_of_replaced_keys_is_followed_to_its_end(house):
    between = "4" * 32
    await house.hear(described(), opened())
    await house.hear(
        retired(house, between),
        described(between, described_at=house.now, replaced_by=SURVIVOR),
        survivor(house),
    )
    await house.deliver()

    assert len(house.mails_to(NEW_MAIL)) == 1


async def test_records_that_replace_each_other_in_a_circle_tell_nobody(house):
    await house.hear(
        described(replaced_by=SURVIVOR), described(SURVIVOR, replaced_by=EDNA), opened()
    )
    await house.deliver()

    assert await patient_alert(house) == ("waiting", "patient-not-described")


async def test_a_successor_who_is_not_known_yet_is_waited_for(house):
    await house.hear(retired(house), opened())
    await house.deliver()
    assert await patient_alert(house) == ("waiting", "patient-not-described")

    await house.hear(survivor(house))
    await house.deliver()

    assert len(house.mails_to(NEW_MAIL)) == 1


async def test_records_that_are_parted_again_are_told_apart_again(house):
    await house.hear(described(replaced_by=SURVIVOR), survivor(house), opened())
    await house.hear(described(described_at=house.now))
    await house.deliver()

    assert len(house.mails_to(EDNA_MAIL)) == 1
    assert house.mails_to(NEW_MAIL) == []


@pytest.mark.parametrize("changes", [{"identity_held": True}, {"replaced_by": SURVIVOR}])
async def test_a_link_that_was_given_out_before_a_merge_opens_nothing_afterwards(house, changes):
    await told(house)
    path = await path_of_link(house)
    assert await open_page(house, path) == 200

    await house.hear(survivor(house), described(described_at=house.now, **changes))
    await house.hear(described(described_at=house.now))

    assert await open_page(house, path) == 410


async def test_a_hold_that_ends_in_the_same_batch_closes_the_links_all_the_same(house):
    await told(house)
    path = await path_of_link(house)

    await house.hear(
        described(described_at=house.now, identity_held=True), described(described_at=house.now)
    )

    assert await open_page(house, path) == 410


async def test_a_patient_who_is_described_again_keeps_their_link(house):
    await told(house)
    path = await path_of_link(house)

    await house.hear(described(described_at=house.now))

    assert await open_page(house, path) == 200


async def test_a_handover_that_moves_takes_its_plan_its_alerts_and_its_links_along(house):
    handover = opened()
    await house.hear(described(), handover)
    await house.hear(survivor(house), moved(handover, SURVIVOR))
    await house.deliver()

    assert len(house.mails_to(NEW_MAIL)) == 1
    assert house.mails_to(EDNA_MAIL) == []
    for table in ("plans", "alerts", "links"):
        keys = await house.database.pool.fetch(f"SELECT DISTINCT patient_key FROM {table}")
        assert [tuple(key) for key in keys] == [(SURVIVOR,)], table


async def test_a_link_of_a_handover_that_moved_opens_for_nobody_and_events_go_on(house):
    handover = await told(house)
    path = await path_of_link(house)

    await house.hear(survivor(house), moved(handover, SURVIVOR))
    await house.hear(accepted(handover, patient_key=SURVIVOR))

    assert await open_page(house, path) == 410
    answers = await house.database.pool.fetch(
        "SELECT answer FROM plan_tasks WHERE owner_team = $1", ELM_TREE
    )
    assert [answer for (answer,) in answers] == ["accepted"]


async def test_a_move_that_is_heard_before_its_handover_waits_for_it(house):
    """The new key lies in another partition, which may be read first."""
    handover = opened()
    elder, move, younger = (
        house.arrival(event)
        for event in (handover, moved(handover, SURVIVOR), accepted(handover, patient_key=SURVIVOR))
    )
    await house.hear(survivor(house))
    await house.hear_again([younger])
    await house.hear_again([move])
    await house.hear_again([elder])
    await house.sweep()
    await house.deliver()

    assert len(house.mails_to(NEW_MAIL)) == 1
    assert await house.database.pool.fetchval("SELECT patient_key FROM plans") == SURVIVOR
    owners = await house.database.pool.fetch(
        "SELECT owner_team FROM plan_tasks WHERE answer = 'accepted'"
    )
    assert [owner for (owner,) in owners] == [ELM_TREE]


async def test_what_is_said_of_an_alert_after_a_move_is_said_under_the_new_key(house):
    handover = opened()
    await house.hear(described(), handover, moved(handover, SURVIVOR))
    await house.hear(survivor(house, needs=(LETTER,), address={}))
    await house.deliver()

    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.patient_key) == ("no-usable-channel", SURVIVOR)
