"""Telling people: decided at the moment of sending, once, with every no on record."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from schemas.alert import AlertNotDelivered, AlertSent
from schemas.patient import ContactPoint
from services.notify.app import STORES, build_desk
from services.notify.domain.alert import Channel
from services.notify.domain.attempt import TryLater
from services.notify.inbound.delivery import DeliveryWorker
from tests.integration.notify.carriers import (
    EDNA_MAIL,
    Carried,
    a_worker_with,
    about_the_patient,
    patient_alert,
)
from tests.unit.notify.builders import BRAILLE, EDNA, LETTER, TWENTY_POINTS
from tests.unit.notify.facts import described, escalated, opened


async def test_everybody_who_should_know_is_told_once(house):
    await house.hear(described(), opened())
    await house.deliver()
    await house.deliver()

    assert sorted(mail.to[0] for mail in house.mailbox.messages()) == [
        EDNA_MAIL,
        "pharmacy-fzz01@teams.example.net",
        "practice-z90001@teams.example.net",
        "ward-zta@teams.example.net",
    ]
    assert {state for _, _, _, state, _ in await house.alerts()} == {"sent"}
    said = await house.said(AlertSent)
    assert len(said) == 4
    assert {event.patient_key for event in said} == {EDNA}
    assert {event.channel for event in said} == {"email"}


async def test_each_alert_speaks_in_a_stream_of_its_own_that_counts_from_one(house):
    (_, envelope) = await house.hear(described(), opened())
    await house.deliver()

    rows = await house.database.pool.fetch(
        "SELECT stream, sequence, key, correlation_id, causation_id FROM outbox"
    )
    alerts = {f"alert:{alert_id}" for (alert_id,) in await house.alerts("alert_id")}
    assert {row["stream"] for row in rows} == alerts
    assert {row["sequence"] for row in rows} == {1}
    assert {row["key"] for row in rows} == {EDNA}
    assert {row["correlation_id"] for row in rows} == {envelope.correlation_id}
    assert {row["causation_id"] for row in rows} == {envelope.event_id}


async def test_who_needs_a_letter_in_twenty_points_gets_one_and_nothing_else(house):
    await house.hear(described(needs=(LETTER, TWENTY_POINTS)), opened())
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    (letter,) = house.letters()
    assert "font: 20pt" in letter.read_text(encoding="utf-8")
    assert letter.stat().st_mode & 0o777 == 0o600
    (sent,) = await about_the_patient(house, AlertSent)
    assert (sent.channel, letter.name) == ("letter", f"{sent.alert_id}.html")


@pytest.mark.parametrize(
    ("changes", "reason", "needs_person"),
    [
        ({"deceased": True}, "deceased", False),
        ({"restricted": True}, "restricted", True),
        ({"nhs_number_verification": "03"}, "identity-not-verified", True),
        ({"birth_date": date(2015, 1, 1)}, "under-age", True),
        ({"birth_date": None}, "age-unknown", True),
        ({"needs": (BRAILLE,)}, "need-not-met-by-any-channel", True),
        ({"contact_points": (), "address": {}}, "no-usable-channel", True),
        (
            {"contact_points": (ContactPoint(kind="email", value="edna@x\r\nBcc: all@x.net"),)},
            "address-not-usable",
            True,
        ),
    ],
)
async def test_a_patient_who_may_not_be_told_is_not_and_the_reason_is_said(
    house, changes, reason, needs_person
):
    await house.hear(described(**changes), opened())
    await house.deliver()

    assert len(house.mailbox.messages()) == 3
    assert house.letters() == []
    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == (reason, needs_person)
    state, noted = await patient_alert(house)
    assert state in {"withheld", "failed"}
    assert noted == reason


async def test_a_death_after_the_handover_opened_stops_what_is_not_sent_yet(house):
    await house.hear(described(), opened())
    await house.hear(described(described_at=house.now, deceased=True))
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert await patient_alert(house) == ("revoked", "deceased")


async def test_a_death_between_two_attempts_stops_the_second(house):
    await house.hear(described(), opened())
    await house.deliver(a_worker_with(house, Carried(*[TryLater("mail-server-not-reachable")] * 4)))
    await house.hear(described(described_at=house.now, deceased=True))
    await house.let_time_pass()
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert await patient_alert(house) == ("revoked", "deceased")


async def test_a_death_that_is_taken_back_sends_nothing_again(house):
    await house.hear(described(deceased=True), opened())
    await house.deliver()
    await house.hear(described(described_at=house.now, deceased=False))
    await house.let_time_pass()
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []


async def test_a_message_waits_for_the_contact_record_and_leaves_when_it_comes(house):
    await house.hear(opened())
    await house.deliver()
    assert await patient_alert(house) == ("waiting", "patient-not-described")

    await house.hear(described())
    await house.deliver()

    assert len(house.mails_to(EDNA_MAIL)) == 1
    assert await patient_alert(house) == ("sent", "")


async def test_quiet_hours_put_a_message_off_and_do_not_drop_it(house):
    awake = house.settings
    house.settings = awake.model_copy(update={"quiet_hours": "on"})
    await house.hear(described(), opened())
    desk = build_desk(house.settings)
    night = replace(
        desk.site.policy.quiet,
        begin=(house.now - timedelta(hours=2)).time(),
        end=(house.now + timedelta(hours=2)).time(),
    )
    policy = replace(desk.site.policy, quiet=replace(night, zone=night.zone))
    desk = replace(desk, site=replace(desk.site, policy=policy))
    worker = DeliveryWorker(house.database, STORES, desk, {Channel.EMAIL: Carried()})

    await house.deliver(worker)
    assert await patient_alert(house) == ("waiting", "quiet-hours")

    house.settings = awake
    await house.let_time_pass()
    await house.deliver()
    assert await patient_alert(house) == ("sent", "")


async def test_a_patient_is_told_of_two_handovers_a_day_and_of_the_third_tomorrow(house):
    house.settings = house.settings.model_copy(update={"quiet_hours": "on"})
    desk = build_desk(house.settings)
    never = replace(desk.site.policy.quiet, begin=desk.site.policy.quiet.end)
    desk = replace(desk, site=replace(desk.site, policy=replace(desk.site.policy, quiet=never)))
    mail = Carried()
    worker = DeliveryWorker(house.database, STORES, desk, {Channel.EMAIL: mail})

    for _ in range(3):
        await house.hear(described(), opened())
        await house.deliver(worker)

    reasons = sorted(
        (state, reason)
        for audience, _, _, state, reason in await house.alerts()
        if audience == "patient"
    )
    assert reasons == [("sent", ""), ("sent", ""), ("waiting", "told-enough-today")]


async def test_urgent_alerts_leave_first(house):
    handover = opened()
    await house.hear(handover, escalated(handover, "safety-ZTA"))
    mail = Carried()
    await house.deliver(a_worker_with(house, mail))

    assert mail.messages[0].address == "safety-zta@teams.example.net"


async def test_every_attempt_is_on_record_with_the_version_of_its_template_and_without_addresses(
    house,
):
    await house.hear(described(needs=(LETTER,)), opened())
    await house.deliver()

    rows = await house.database.pool.fetch("SELECT * FROM deliveries ORDER BY alert_id")
    assert {(row["attempt"], row["outcome"]) for row in rows} == {(1, "taken")}
    assert all(row["template_version"] >= 1 for row in rows)
    assert sorted(row["template"] for row in rows) == [
        "patient-opened.letter",
        "team-duty.email",
        "team-opened.email",
        "team-opened.email",
    ]
    kept = "".join(str(tuple(row)) for row in rows)
    assert not re.search(r"Edna|Hartley|Mill Lane|FE1|@|/p/", kept)
    assert "Ward 7, Fellside Hospital" in kept
