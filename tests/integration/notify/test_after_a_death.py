"""A patient dies: nothing more reaches them or their family, and nothing starts again by itself (S04, P10)."""

from schemas.alert import AlertNotDelivered, AlertOvertaken, AlertSent
from services.chassis.ids import new_id
from services.notify.app import STORES, build_desk
from services.notify.domain.alert import Channel
from services.notify.usecases.prepare_deliveries import prepare_deliveries
from tests.integration.notify.carriers import (
    EDNA_MAIL,
    Carried,
    a_worker_with,
    about_the_patient,
    patient_alert,
)
from tests.integration.notify.test_withdrawing import Meanwhile, told
from tests.unit.notify.builders import EDNA, LETTER
from tests.unit.notify.facts import described, opened, replanned, withdrawn


def died(house, **changes):
    return described(
        **{"described_at": house.now, "deceased": True, "death_status": "informal"} | changes
    )


async def test_a_death_takes_back_what_has_not_left_in_the_moment_in_which_it_is_heard(house):
    await house.hear(described(), opened())
    await house.hear(died(house))

    assert await patient_alert(house) == ("revoked", "deceased")
    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("deceased", False)
    await house.deliver()
    assert house.mails_to(EDNA_MAIL) == []
    assert len(house.mailbox.messages()) == 3, "the teams know what to do"


async def test_a_death_that_is_taken_back_lets_nothing_start_again(house):
    await house.hear(described(), opened())
    await house.hear(died(house))
    await house.hear(died(house, death_status="removed"))
    await house.hear(described(described_at=house.now, death_status="removed"))
    await house.let_time_pass()
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert await patient_alert(house) == ("revoked", "deceased")


async def test_a_death_and_its_removal_in_one_batch_take_back_all_the_same(house):
    await house.hear(described(), opened())
    await house.hear(died(house), described(described_at=house.now, death_status="removed"))
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []


async def test_news_for_somebody_whose_death_was_taken_back_goes_to_a_person_until_it_is_clear(
    house,
):
    await house.hear(died(house, death_status="removed"), opened())
    await house.deliver()

    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("death-taken-back", True)


async def test_a_letter_that_still_lies_there_is_removed_and_that_is_on_record(house):
    await told(house, needs=(LETTER,))
    await house.hear(died(house, needs=(LETTER,)))
    await house.deliver()

    assert house.letters() == []
    assert await patient_alert(house) == ("revoked", "deceased")
    row = await house.database.pool.fetchrow("SELECT reason, taken_back FROM recalls")
    assert tuple(row) == ("deceased", True)
    assert await house.said(AlertOvertaken) == []


async def test_a_letter_that_has_been_collected_is_reported_to_a_person(house):
    await told(house, needs=(LETTER,))
    house.letters()[0].unlink()
    await house.hear(died(house))
    await house.hear(died(house, death_status="formal"))
    await house.deliver()

    (said,) = await house.said(AlertOvertaken)
    assert (said.audience, said.reason) == ("patient", "deceased")


async def test_a_mail_that_was_read_in_life_bothers_nobody_after_a_death(house):
    handover = await told(house)
    await house.hear(died(house))
    await house.hear(replanned(handover, "deceased"))
    await house.hear(withdrawn(handover, "deceased"))
    await house.deliver()

    assert await house.said(AlertOvertaken) == []
    assert len(house.mails_to(EDNA_MAIL)) == 1


async def test_a_letter_of_a_completed_handover_is_past_and_not_reported(house):
    await told(house, needs=(LETTER,))
    await house.database.pool.execute("UPDATE plans SET standing = 'completed'")
    await house.hear(died(house))
    await house.deliver()

    assert await house.database.pool.fetchval("SELECT count(*) FROM recalls") == 0


async def test_a_death_while_a_letter_is_being_written_is_noticed_when_it_is_done(house):
    await house.hear(described(needs=(LETTER,)), opened())
    mail = Carried()
    worker = a_worker_with(house, mail)
    worker._carriers = {
        Channel.EMAIL: mail,
        Channel.LETTER: Meanwhile(house, died(house, needs=(LETTER,))),
    }
    await house.deliver(worker)

    (said,) = await house.said(AlertOvertaken)
    assert said.reason == "deceased"
    assert len(await about_the_patient(house, AlertSent)) == 1


async def test_the_letter_of_a_worker_that_died_is_found_and_removed(house):
    await house.hear(described(needs=(LETTER,)), opened())
    async with house.database.unit_of_work() as unit:
        attempts, _ = await prepare_deliveries(unit, STORES, build_desk(house.settings), new_id())
    (letter,) = [attempt for attempt in attempts if attempt.message.channel is Channel.LETTER]
    await house.a_worker()._carriers[Channel.LETTER].carry(letter.message)

    await house.hear(died(house, needs=(LETTER,)))
    await house.let_leases_run_out()
    await house.deliver()

    assert house.letters() == []
    assert await house.said(AlertOvertaken) == []
    assert len(await about_the_patient(house, AlertNotDelivered)) == 1


async def test_a_death_under_the_successors_key_silences_what_waits_under_the_retired_one(house):
    survivor = "5" * 32
    await house.hear(described(), opened())
    await house.hear(described(described_at=house.now, replaced_by=survivor))
    await house.hear(died(house, key=survivor))
    await house.deliver()

    assert await patient_alert(house) == ("revoked", "deceased")
    assert await house.database.pool.fetchval("SELECT patient_key FROM alerts LIMIT 1") == EDNA


async def test_a_letter_to_somebody_who_is_protected_now_is_taken_back_for_a_person(house):
    await told(house, needs=(LETTER,))
    await house.hear(described(described_at=house.now, needs=(LETTER,), restricted=True))
    await house.deliver()

    assert house.letters() == []
    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("restricted", True)
