"""Notify is restored from last week's backup: what it still wanted to send then does not reach patients now (H16)."""

from schemas.alert import AlertNotDelivered
from tests.integration.notify.carriers import EDNA_MAIL, about_the_patient
from tests.unit.notify.facts import appointment, described, opened, referred

AS_LAST_WEEK = """
UPDATE alerts SET made_at = made_at - interval '7 days', happened_at = happened_at - interval '7 days'
WHERE state = 'waiting'
"""


async def test_messages_restored_from_last_weeks_backup_are_not_sent_to_patients(house):
    await house.hear(described(), opened())
    await house.database.pool.execute(AS_LAST_WEEK)

    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("too-late-to-send", True)
    assert len(house.mailbox.messages()) == 3, "teams are told, however late"


async def test_an_appointment_that_has_been_since_the_backup_is_no_news(house):
    handover = referred()
    await house.hear(described(), handover)
    await house.deliver()
    before = len(house.mails_to(EDNA_MAIL))
    await house.hear(appointment(handover, "booked", house.now))

    await house.database.pool.execute(AS_LAST_WEEK)
    await house.deliver()

    assert len(house.mails_to(EDNA_MAIL)) == before
