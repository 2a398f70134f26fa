"""Through failing servers, refusals and crashes: nobody is forgotten, and a repeat can be recognised."""

import asyncio
from dataclasses import replace

import pytest

from deploy.local.mailbox import Mailbox
from schemas.alert import AlertNotDelivered, AlertSent
from schemas.task import TaskAdded
from services.chassis.ids import new_id
from services.notify.app import STORES, build_desk
from services.notify.domain.alert import Channel
from services.notify.domain.attempt import Taken, TryLater
from services.notify.usecases.prepare_deliveries import BATCH, prepare_deliveries
from tests.integration.notify.carriers import (
    EDNA_MAIL,
    Carried,
    a_worker_with,
    about_the_patient,
    patient_alert,
)
from tests.support.eventually import eventually
from tests.unit.notify.builders import EDNA, LETTER
from tests.unit.notify.facts import a_task_made, described, opened


async def stop_while_it_sends(house):
    """Ask a worker to stop while its first messages are on their way; returns when it has ended."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Waiting:
        async def carry(self, message):
            begun.set()
            await go_on.wait()
            return Taken()

    worker = asyncio.create_task(a_worker_with(house, Waiting()).run())
    await begun.wait()
    worker.cancel()
    go_on.set()
    await asyncio.gather(worker, return_exceptions=True)


async def test_when_the_mail_server_is_down_and_comes_back_everybody_is_told_once(house):
    await house.hear(described(), opened())
    house.mailbox.stop()
    await house.deliver()
    assert {(state, reason) for _, _, _, state, reason in await house.alerts()} == {
        ("waiting", "mail-server-not-reachable")
    }

    back = Mailbox(smtp_port=house.mailbox.smtp_port)
    back.start()
    try:
        await house.let_time_pass()
        await house.deliver()
        assert len(back.messages()) == 4
    finally:
        back.stop()
    assert len(await house.said(AlertSent)) == 4
    outcomes = await house.database.pool.fetch(
        "SELECT outcome, count(*) AS n FROM deliveries GROUP BY outcome ORDER BY outcome"
    )
    assert [tuple(row) for row in outcomes] == [("taken", 4), ("try-later", 4)]


async def test_trouble_that_lasts_becomes_a_persons_task_in_the_end(house):
    await house.hear(described(), opened())
    worker = a_worker_with(house, Carried(*[TryLater("mail-server-not-reachable")] * 100))
    for _ in range(6):
        await house.let_time_pass()
        await house.deliver(worker)

    assert {(state, reason) for _, _, _, state, reason in await house.alerts()} == {
        ("failed", "mail-server-not-reachable")
    }
    said = await house.said(AlertNotDelivered)
    assert len(said) == 4
    assert all(event.needs_person for event in said)


async def test_a_recipient_whom_the_server_does_not_know_becomes_a_persons_task_at_once(house):
    house.mailbox.refuse(EDNA_MAIL)
    await house.hear(described(), opened())
    await house.deliver()

    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("refused-by-provider", True)
    assert await patient_alert(house) == ("failed", "refused-by-provider")
    assert len(await house.said(AlertSent)) == 3


async def test_the_link_of_a_refused_message_is_good_for_nothing(house):
    house.mailbox.refuse(EDNA_MAIL)
    await house.hear(described(), opened())
    await house.deliver()

    assert await house.database.pool.fetchval("SELECT revoked_at IS NOT NULL FROM links")


async def test_a_worker_that_never_heard_of_its_own_claim_takes_it_up_at_once(house):
    await house.hear(described(), opened())
    worker = house.a_worker()
    async with house.database.unit_of_work() as unit:
        await prepare_deliveries(unit, STORES, build_desk(house.settings), worker._id)

    await house.deliver(worker)

    assert len(await house.said(AlertSent)) == 4


async def test_a_worker_that_dies_after_the_call_is_followed_by_one_that_says_the_same_again(house):
    await house.hear(described(), opened())
    async with house.database.unit_of_work() as unit:
        attempts, _ = await prepare_deliveries(unit, STORES, build_desk(house.settings), new_id())
    for attempt in attempts:
        await house.a_worker()._carriers[attempt.message.channel].carry(attempt.message)

    await house.deliver()
    assert len(house.mailbox.messages()) == 4, "the lease keeps others away"

    await house.let_leases_run_out()
    await house.deliver()

    ids = [mail.message_id for mail in house.mailbox.messages()]
    assert len(ids) == 8
    assert len(set(ids)) == 4, "a repeat can be recognised by its reference"
    assert len(await house.said(AlertSent)) == 4


async def test_after_a_crash_the_first_link_still_opens_because_its_mail_may_have_arrived(house):
    await house.hear(described(), opened())
    async with house.database.unit_of_work() as unit:
        await prepare_deliveries(unit, STORES, build_desk(house.settings), new_id())
    await house.let_leases_run_out()
    await house.deliver()

    rows = await house.database.pool.fetch("SELECT revoked_at FROM links")
    assert [row["revoked_at"] for row in rows] == [None, None]


async def test_a_letter_that_was_put_out_before_a_crash_is_not_put_out_twice(house):
    await house.hear(described(needs=(LETTER,)), opened())
    async with house.database.unit_of_work() as unit:
        attempts, _ = await prepare_deliveries(unit, STORES, build_desk(house.settings), new_id())
    (letter,) = [attempt for attempt in attempts if attempt.message.channel is Channel.LETTER]
    await house.a_worker()._carriers[Channel.LETTER].carry(letter.message)
    before = house.letters()[0].read_text(encoding="utf-8")

    await house.let_leases_run_out()
    await house.deliver()

    assert [path.read_text(encoding="utf-8") for path in house.letters()] == [before]
    assert await patient_alert(house) == ("sent", "")


async def test_the_outcome_of_a_worker_that_lost_its_lease_is_not_lost(house):
    await house.hear(described(), opened())
    slow = a_worker_with(house, SlowCarrier(house))

    await house.deliver(slow)

    assert len(await house.said(AlertSent)) == 4
    assert {state for _, _, _, state, _ in await house.alerts()} == {"sent"}


class SlowCarrier:
    """So slow that its leases run out and another worker does the work meanwhile."""

    def __init__(self, house) -> None:
        self._house = house
        self._first = asyncio.Lock()
        self._done = False

    async def carry(self, message):
        async with self._first:
            if not self._done:
                self._done = True
                await self._house.let_leases_run_out()
                await self._house.deliver()
        return TryLater("mail-server-not-reachable")


async def test_what_is_tried_in_vain_is_measured_from_the_beginning(house):
    async with house.database.reading() as connection:
        assert await STORES.queue.oldest_due_seconds(connection) == 0
    await house.hear(described(), opened())
    await house.deliver(a_worker_with(house, Carried(*[TryLater("mail-server-not-reachable")] * 4)))
    await house.database.pool.execute("UPDATE alerts SET made_at = made_at - interval '1 hour'")

    async with house.database.reading() as connection:
        assert 3600 <= await STORES.queue.oldest_due_seconds(connection) < 3660


async def test_what_was_put_off_on_purpose_is_not_late(house):
    await house.hear(opened(offers=(), tasks=()))
    await house.deliver()

    assert await patient_alert(house) == ("waiting", "patient-not-described")
    async with house.database.reading() as connection:
        assert await STORES.queue.oldest_due_seconds(connection) == 0


async def test_two_workers_share_the_work_and_nobody_is_told_twice(house):
    await house.hear(
        *(event for n in range(30) for event in (described(f"{n:032x}"), opened(f"{n:032x}")))
    )

    await asyncio.gather(house.deliver(), house.deliver(), house.deliver())

    ids = [mail.message_id for mail in house.mailbox.messages()]
    assert len(ids) == len(set(ids)) == 120


async def test_a_carrier_that_breaks_stops_no_other_message(house):
    await house.hear(described(), opened())
    mail = Carried(RuntimeError("edna@patients.example.net is odd"))

    await house.deliver(a_worker_with(house, mail))

    states = sorted(state for _, _, _, state, _ in await house.alerts())
    assert states == ["sent", "sent", "sent", "waiting"]


async def test_a_failure_about_a_failure_asks_for_nobody(house):
    handover = opened(offers=(), tasks=())
    house.mailbox.refuse("ward-zta@teams.example.net")
    await house.hear(described(), handover)
    await house.hear(
        TaskAdded(
            patient_key=EDNA,
            handover_id=handover.handover_id,
            task=a_task_made("reach-person", rule_id="undelivered"),
            added_at=handover.opened_at,
        )
    )
    await house.deliver()

    (said,) = [one for one in await house.said(AlertNotDelivered) if one.team]
    assert (said.team, said.needs_person) == ("ward-ZTA", False)


async def test_the_bell_of_a_commit_wakes_the_worker_at_once(house):
    worker = asyncio.create_task(house.a_worker().run())
    try:
        await house.hear(described(), opened())
        await eventually(lambda: len(house.mailbox.messages()) == 4, timeout=5)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def test_an_idle_worker_asks_the_database_almost_never(house):
    worker = house.a_worker()
    asked = 0

    async def counted(connection):
        nonlocal asked
        asked += 1

    worker._stores = replace(STORES, queue=_Counting(counted))
    running = asyncio.create_task(worker.run())
    await eventually(lambda: asked, timeout=5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert asked == 1


class _Counting:
    def __init__(self, count) -> None:
        self._count = count

    async def seconds_until_due(self, connection, _):
        await self._count(connection)


async def test_a_worker_that_is_asked_to_stop_finishes_what_it_began(house):
    await house.hear(described(), opened())
    await stop_while_it_sends(house)

    assert {state for _, _, _, state, _ in await house.alerts()} == {"sent"}


async def test_a_worker_that_is_asked_to_stop_begins_nothing_new(house):
    keys = [f"{number:032x}" for number in range(BATCH)]
    await house.hear(*map(described, keys), *map(opened, keys))
    await stop_while_it_sends(house)

    states = [state for _, _, _, state, _ in await house.alerts()]
    assert states.count("sent") == BATCH
    assert states.count("waiting") == 3 * BATCH


async def test_a_crash_repeats_a_handful_of_messages_at_most(house):
    keys = [f"{number:032x}" for number in range(10)]
    await house.hear(*map(described, keys), *map(opened, keys))

    class Dying:
        """Takes ten messages; while the next ones are on their way the process ends."""

        carried = 0

        async def carry(self, message):
            self.carried += 1
            if self.carried > BATCH + 5:
                raise asyncio.CancelledError
            return Taken()

    worker = a_worker_with(house, Dying())
    await worker.deliver_due()
    with pytest.raises(asyncio.CancelledError):
        await worker.deliver_due()

    states = [state for _, _, _, state, _ in await house.alerts()]
    assert states.count("sent") == BATCH
