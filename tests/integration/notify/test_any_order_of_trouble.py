"""Whatever happens while a handover is told, and in whatever order: what must never happen does not."""

import random
import re
from datetime import timedelta

import pytest

from schemas.alert import AlertNotDelivered, AlertOvertaken, AlertSent
from services.chassis.arrival import Arrival
from tests.integration.notify.carriers import EDNA_MAIL, about_the_patient
from tests.unit.notify.builders import COMMUNITY, LETTER, PHARMACY, SAFETY, WARD
from tests.unit.notify.facts import (
    accepted,
    appointment,
    contact_named,
    described,
    escalated,
    offered_on,
    opened,
    redirected,
    replanned,
    unanswered,
    warned,
    withdrawn,
)

HARBOUR = "practice-Z90002"

HAPPENINGS = (
    "deliver",
    "deliver",
    "withdraw",
    "die",
    "revive",
    "hold",
    "verify",
    "protect",
    "print",
    "replan",
    "name",
    "book",
    "warn",
    "redirect",
)


class Story:
    """One handover to which things happen, with what an onlooker would remember."""

    def __init__(self, house, chance) -> None:
        self.house = house
        self.chance = chance
        self.handover = opened()
        self.needs = chance.choice([(), (LETTER,)])
        self.flags = {}
        self.printed = []
        self.withdrawn = False
        self.silent_since = None

    async def begin(self):
        if self.chance.random() < 0.8:
            await self.describe()
        await self.house.hear(self.handover)

    async def describe(self, **flags):
        self.flags |= flags
        await self.house.hear(
            described(described_at=self.house.now, needs=self.needs, **self.flags)
        )

    async def happen(self, what):
        match what:
            case "deliver":
                await self.house.let_time_pass()
                await self.house.deliver()
            case "withdraw":
                self.withdrawn = True
                await self.house.hear(withdrawn(self.handover))
                self.fall_silent()
            case "die":
                await self.describe(deceased=True, death_status="formal")
                self.fall_silent()
            case "revive":
                await self.describe(deceased=False, death_status="removed")
            case "hold" | "verify":
                await self.describe(identity_held=what == "hold")
            case "protect":
                await self.describe(restricted=True)
            case "print":
                for letter in self.house.letters():
                    self.printed.append(letter.stem)
                    letter.unlink()
            case "replan":
                task = self.handover.tasks[1]
                await self.house.hear(replanned(self.handover, tasks=(task,)))
            case _:
                await self.move_on(what)

    async def move_on(self, what):
        match what:
            case "name":
                name = self.chance.choice(["Sam Lee", "Kim Roe"])
                await self.house.hear(contact_named(self.handover, name=name))
            case "book":
                starts_at = self.house.now + timedelta(days=self.chance.randint(3, 9))
                status = self.chance.choice(["booked", "moved", "cancelled"])
                await self.house.hear(appointment(self.handover, status, starts_at))
            case "warn":
                await self.house.hear(warned(self.handover, WARD), escalated(self.handover, WARD))
            case "redirect":
                await self.house.hear(redirected(self.handover, COMMUNITY))

    def reached(self):
        return len(self.house.mails_to(EDNA_MAIL)) + len(self.printed) + len(self.house.letters())

    def fall_silent(self):
        if self.silent_since is None:
            self.silent_since = self.reached()


@pytest.mark.parametrize("seed", range(12))
async def test_nobody_is_told_what_is_not_right_any_more_and_whoever_was_is_put_right(house, seed):
    chance = random.Random(seed)
    story = Story(house, chance)
    await story.begin()
    for _ in range(chance.randint(3, 9)):
        await story.happen(chance.choice(HAPPENINGS))
    await story.happen("deliver")

    if story.silent_since is not None:
        assert story.reached() <= story.silent_since, "no message after a withdrawal or a death"
    told = {
        team
        for team, kind, attempts in await house.alerts("team, kind, attempts")
        if team and kind != "withdrawn" and attempts
    }
    stops = [team for team, kind in await house.alerts("team, kind") if kind == "withdrawn"]
    assert sorted(stops) == (sorted(told) if story.withdrawn else [])

    overtaken = await house.said(AlertOvertaken)
    assert len({said.alert_id for said in overtaken}) == len(overtaken)
    has_it = house.mails_to(EDNA_MAIL) or story.printed
    if overtaken:
        assert has_it, "only what reached somebody is put right"
    if story.withdrawn and has_it and not story.flags.get("deceased") and not overtaken:
        # It was put right, or needed not be, because its patient had died by then.
        assert "formal" in story.flags.values() or "removed" in story.flags.values()
    if story.withdrawn:
        assert house.letters() == [], "nothing lies about that should not be posted"

    words = {said.alert_id for said in await about_the_patient(house, AlertSent)}
    words |= {said.alert_id for said in await about_the_patient(house, AlertNotDelivered)}
    rows = await house.alerts("alert_id, audience, state")
    ended = {
        alert for alert, audience, state in rows if audience == "patient" and state != "waiting"
    }
    assert words == ended, "every alert ends in a word, and none before its end"


async def test_a_stream_never_has_a_gap_whatever_happened_to_its_alert(house):
    for seed in range(100, 110):
        story = Story(house, random.Random(seed))
        await story.begin()
        for what in story.chance.sample(HAPPENINGS, len(HAPPENINGS)):
            await story.happen(what)
    await house.deliver()

    rows = await house.database.pool.fetch(
        """
        SELECT stream, array_agg(sequence ORDER BY sequence) AS said, max(alerts.said) AS kept
        FROM outbox LEFT JOIN alerts ON stream = 'alert:' || alert_id GROUP BY stream
        """
    )
    assert rows
    for row in rows:
        assert row["said"] == list(range(1, row["kept"] + 1)), row["stream"]


def on_the_way(handover, now):
    """Every fact that may be said of a handover on its way, in the order in which referral would say them."""
    offer = offered_on(handover, HARBOUR)
    return [
        contact_named(handover),
        warned(handover, WARD),
        offer,
        escalated(handover, WARD, SAFETY),
        redirected(handover, COMMUNITY, by=PHARMACY, before=handover.offers[1], task=2),
        accepted(handover, offer_id=offer.offer.offer_id, team=HARBOUR),
        appointment(handover, "booked", now + timedelta(days=5)),
        unanswered(handover, WARD, SAFETY),
        escalated(handover, WARD, SAFETY, step=2, milestone="breach+1wd"),
        appointment(handover, "moved", now + timedelta(days=6)),
        contact_named(handover, state="chosen"),
    ]


async def what_is_known(house, handover):
    """All that hearing decides, without ids and instants."""
    plans = await house.database.pool.fetch(
        """
        SELECT standing, coordinator_team, contact ->> 'name' AS name, contact ->> 'state' AS state,
               jsonb_path_query_array(appointments, '$[*].status')::text AS appointments
        FROM plans WHERE handover_id = $1
        """,
        handover.handover_id,
    )
    tasks = await house.database.pool.fetch(
        "SELECT code, owner_team, asked_team, answer, moved FROM plan_tasks WHERE handover_id = $1 ORDER BY code",
        handover.handover_id,
    )
    alerts = await house.alerts("handover_id, audience, team, kind, milestone, digest, urgent")
    mine = sorted(rest for of, *rest in alerts if of == handover.handover_id)
    return [tuple(row) for row in plans], [tuple(row) for row in tasks], mine


@pytest.mark.parametrize("seed", range(4))
async def test_however_the_news_of_the_way_arrive_the_same_is_known_and_told(house, seed):
    """Mixed up and repeated as Kafka may do it, in any batches: the stream puts them in order again."""
    chance = random.Random(seed)
    straight, mixed = opened(), opened()
    await house.hear(straight, *on_the_way(straight, house.now))

    arrivals = [house.arrival(event) for event in (mixed, *on_the_way(mixed, house.now))]
    chance.shuffle(arrivals)
    arrivals += chance.sample(arrivals, 4)
    while arrivals:
        size = chance.randint(1, 5)
        await house.hear_again([again(one) for one in arrivals[:size]])
        del arrivals[:size]
    await house.sweep()

    known = await what_is_known(house, mixed)
    assert known[0]
    assert known == await what_is_known(house, straight)


@pytest.mark.parametrize("seed", range(4))
async def test_whenever_messages_leave_meanwhile_nobody_hears_of_one_thing_twice(house, seed):
    chance = random.Random(seed)
    handover = opened()
    await house.hear(described(), handover)
    for event in on_the_way(handover, house.now):
        await house.hear(event)
        if chance.random() < 0.4:
            await house.let_time_pass()
            await house.deliver()
    await house.let_time_pass()
    await house.deliver()

    bodies = [re.sub(r"/p/\S+", "", mail.body) for mail in house.mails_to(EDNA_MAIL)]
    assert len(bodies) == len(set(bodies))
    assert sum("has taken over a part of your care" in body for body in bodies) == 1
    assert sum("one person or team to ring" in body for body in bodies) <= 1
    digests = await house.database.pool.fetchval(
        "SELECT max(n) FROM (SELECT count(*) n FROM digests GROUP BY team, day) d"
    )
    assert digests in (None, 1)
    waiting = [
        kind
        for _, _, kind, state, reason in await house.alerts()
        if state == "waiting" and reason != "had-its-digest"
    ]
    assert waiting == []


def again(arrival):
    return Arrival(
        arrival.topic,
        arrival.partition,
        arrival.offset,
        arrival.record_key,
        arrival.headers,
        arrival.body,
    )
