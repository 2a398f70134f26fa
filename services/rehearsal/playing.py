"""Playing a story: step after step, with time passing between them as it would."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any, Protocol

import httpx2

from services.rehearsal.acting import body_of, door_of
from services.rehearsal.checking import Checker
from services.rehearsal.errors import StoryError
from services.rehearsal.found import Finder
from services.rehearsal.local_time import read_when, say_moment
from services.rehearsal.narrator import Narrator
from services.rehearsal.post import Said
from services.rehearsal.responding import meaning_of, response_to
from services.rehearsal.sending import label_of, message_of
from services.rehearsal.story import Person, Record, Step, Story, Trouble
from services.rehearsal.timeline import Entry, Kind, Outcome
from services.rehearsal.ways_out import Left

_TAKEN = range(200, 300)
_TOLD_OF_ACTS = ("code", "team", "service")
"""What the timeline repeats of what somebody says with an act: words of the directory and of the rules, never theirs."""


class Stage(Protocol):
    """Where a story is played: rehearsed on a virtual clock, or on the parts of a running site."""

    finder: Finder
    titles: Mapping[str, str]

    @property
    def now(self) -> datetime: ...

    def key_of(self, nhs_number: str) -> str: ...

    def team(self, team: str) -> str: ...

    def organisation(self, team: str) -> str: ...

    async def take_in(self, body: bytes, via: str) -> str:
        """Hand a message in; gives what the sender is answered."""

    async def ask(
        self, service: str, who: str, method: str, path: str, **given: Any
    ) -> httpx2.Response: ...

    async def tell_of_nation(self, event: str, number: str, record: Record) -> None:
        """The national record says something else now, and a national event says that it does."""

    def fail(self, trouble: Trouble) -> None: ...

    def mend(self, trouble: Trouble) -> None: ...

    async def live_until(self, at: datetime) -> None: ...

    async def settle(self) -> None: ...

    def said(self) -> Sequence[Said]: ...

    def left(self) -> Sequence[Left]: ...


class Play:
    """One story on one stage."""

    def __init__(self, story: Story, stage: Stage) -> None:
        self._story = story
        self._stage = stage
        names = {stage.key_of(person.nhs_number): person.name for person in story.people}
        self._narrator = Narrator(names, stage.titles, stage.team)
        self._told = self._sent = 0
        self._held: list[Step] = []
        self._stopped = False
        self.outcome = Outcome(story.title, story.about)

    async def run(self) -> Outcome:
        """Play it to its end, or to the step that cannot be played."""
        started = perf_counter()
        at = self._story.begins
        for number, step in enumerate(self._story.steps, 1):
            try:
                at = read_when(step.at, at) if step.at else at
                await self._play(step, at)
            except StoryError as error:
                self._problem(f"Step {number} cannot be played", [str(error)])
                break
        self.outcome.seconds = perf_counter() - started
        return self.outcome

    async def _play(self, step: Step, at: datetime) -> None:
        if at < self._stage.now:
            raise StoryError(f"{say_moment(at)} is before the step before it")
        try:
            await self._stage.live_until(at)
        finally:
            self._retell()
        if step.note:
            self._add("act", "", step.note)
        kind = step.kinds[0]
        try:
            await getattr(self, f"_{kind}")(step)
            await self._stage.settle()
        finally:
            self._retell()

    async def _send(self, step: Step) -> None:
        if self._stopped:
            self._held.append(step)
            self._add("message", "", f"{label_of(step)} waits at the hospital: the feed is down")
            return
        answer = await self._stage.take_in(message_of(step, self._story.folder), step.via)
        taken = "and is accepted" if answer == "AA" else f"and is refused: {answer}"
        self._add("message", "", f"{label_of(step)} comes in {taken}")
        good = answer == step.answer if step.answer else answer == "AA"
        if not good:
            self._failed([f"answer: - {step.answer or 'AA'}", f"answer: + {answer}"])

    async def _respond(self, step: Step) -> None:
        person, code = self._person(step.person), step.respond or 0
        sent = await self._stage.finder.latest_document(self._key(person))
        if sent is None:
            raise StoryError("there is no document to answer")
        by = self._stage.organisation(step.who)
        answer = await self._stage.take_in(response_to(sent, code, by, self._stage.now), "")
        text = f"{self._who(step.who)} answers the document: {meaning_of(code)}"
        self._add("message", person.name, text)
        if answer != "AA":
            self._failed(["answer: - AA", f"answer: + {answer}"])

    async def _feed(self, step: Step) -> None:
        self._stopped = step.feed == "stop"
        self._add("message", "", f"The hospital's feed: {step.feed}")
        held, self._held = self._held, []
        for one in held:
            await self._send(one)
            await self._stage.settle()

    async def _act(self, step: Step) -> None:
        person = self._person(step.person)
        service, path = await door_of(step, self._key(person), self._stage.finder)
        headers = {"X-Patient-Identifier": person.nhs_number} if step.act == "refer" else {}
        answer = await self._stage.ask(
            service, step.who, "POST", path, json=body_of(step.given), headers=headers
        )
        on = " ".join(f"{name} {value}" for name, value in step.on.items())
        said_with = ", ".join(str(step.given[name]) for name in _TOLD_OF_ACTS if name in step.given)
        on += f" ({said_with})" if said_with else ""
        said = answer.json() if answer.content else {}
        code = str(said.get("code", answer.status_code)) if answer.status_code not in _TAKEN else ""
        refused = f": refused ({code})" if code else ""
        self._add("act", person.name, f"{self._who(step.who)}: {step.act} {on}".rstrip() + refused)
        if code != step.refused:
            self._failed([f"refusal: - {step.refused or 'none'}", f"refusal: + {code or 'none'}"])

    async def _national(self, step: Step) -> None:
        person = self._person(step.person)
        self._add("message", person.name, f"The national record: {step.national}")
        await self._stage.tell_of_nation(step.national or "", person.nhs_number, step.record)

    async def _deliver(self, step: Step) -> None:
        assert step.deliver is not None
        self._stage.mend(step.deliver)
        self._add("message", "", f"{step.deliver.to} can be reached again")

    async def _fail(self, step: Step) -> None:
        assert step.fail is not None
        self._stage.fail(step.fail)
        self._add("message", "", f"{step.fail.to} cannot be reached ({step.fail.reason})")

    async def _wait(self, step: Step) -> None:
        await self._stage.live_until(read_when(step.wait or "", self._stage.now))

    async def _expect(self, step: Step) -> None:
        assert step.expect is not None
        person = self._person(step.expect.person)
        await self._stage.settle()
        self._check(person, await self._checker(person).differences(step.expect))

    async def _nothing(self, step: Step) -> None:
        assert step.nothing is not None
        person = self._person(step.nothing.person)
        self._check(person, await self._checker(person).forbidden(step.nothing))

    def _checker(self, person: Person) -> Checker:
        stage = self._stage
        return Checker(stage.finder, self._key(person), stage.left(), stage.said())

    def _check(self, person: Person, differences: Sequence[str]) -> None:
        self.outcome.checks += 1
        if differences:
            self._problem("Not as expected", differences, person.name)
        else:
            self._add("checked", person.name, "As expected")

    def _failed(self, differences: Sequence[str]) -> None:
        self.outcome.checks += 1
        self._problem("Not as expected", differences)

    def _problem(self, text: str, details: Sequence[str], person: str = "") -> None:
        self.outcome.failures += 1
        now = self._stage.now
        self.outcome.entries.append(Entry(now, "problem", person, text, details, pressing=True))

    def _add(self, kind: Kind, person: str, text: str) -> None:
        self.outcome.entries.append(Entry(self._stage.now, kind, person, text))

    def _retell(self) -> None:
        """Add what was said and who was told since the last time, in the order of time."""
        said, left = self._stage.said(), self._stage.left()
        new = [
            *self._narrator.retell(said[self._told :]),
            *self._narrator.deliveries(left[self._sent :]),
        ]
        self._told, self._sent = len(said), len(left)
        self.outcome.entries += sorted(new, key=lambda entry: entry.at)

    def _person(self, name: str) -> Person:
        return self._story.person(name)

    def _key(self, person: Person) -> str:
        return self._stage.key_of(person.nhs_number)

    def _who(self, who: str) -> str:
        return self._stage.team(who)
