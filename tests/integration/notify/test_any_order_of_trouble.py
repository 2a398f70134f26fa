"""Whatever happens while a handover is told, and in whatever order: what must never happen does not."""

import random

import pytest

from schemas.alert import AlertNotDelivered, AlertOvertaken, AlertSent
from tests.integration.notify.carriers import EDNA_MAIL, about_the_patient
from tests.unit.notify.builders import LETTER
from tests.unit.notify.facts import described, opened, replanned, withdrawn

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
    assert len(overtaken) <= 1
    has_it = house.mails_to(EDNA_MAIL) or story.printed
    if overtaken:
        assert has_it, "only what reached somebody is put right"
    if story.withdrawn and has_it and not story.flags.get("deceased") and not overtaken:
        # It was put right, or needed not be, because its patient had died by then.
        assert "formal" in story.flags.values() or "removed" in story.flags.values()
    if story.withdrawn:
        assert house.letters() == [], "nothing lies about that should not be posted"

    states = [state for audience, _, _, state, _ in await house.alerts() if audience == "patient"]
    sent = len(await about_the_patient(house, AlertSent))
    silent = len(await about_the_patient(house, AlertNotDelivered))
    if states == ["waiting"]:
        assert (sent, silent) == (0, 0)
    else:
        assert sent + silent >= 1, "every alert ends in a word"


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
