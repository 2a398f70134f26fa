"""What everything that was said of a stay amounts to: a fold over its happenings by the time at which they happened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from services.discharge.domain.departure import admission, departure, times
from services.discharge.domain.spell import Entry, Heard, Word, as_instant

State = Literal["announced", "open", "on-leave", "discharged", "void"]
Undoing = Literal["discharge-cancelled", "admission-cancelled", "entered-in-error"]
Question = Literal["discharge-times-differ", "discharged-again-or-late", "cancelled-elsewhere"]

HOURS_APART = timedelta(hours=1)
"""Discharge times of two sources that are further apart than this are a person's to sort out."""
LAGGING = timedelta(hours=1)
"""A source may go on for this long saying that a stay goes on after another has ended it."""
_SAYS_WHERE = frozenset({"admitted", "moved", "registered", "discharged"})

_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            "planned",
            "registered",
            "admitted",
            "moved",
            "move-cancelled",
            "on-leave",
            "back-from-leave",
            "discharge-planned",
            "discharge-plan-cancelled",
            "discharged",
            "updated",
            "in-progress",
            "discharge-cancelled",
            "admission-cancelled",
            "voided",
        )
    )
}
"""Which comes first of two happenings of the same time, said at the same time."""


@dataclass(frozen=True, slots=True)
class Discharge:
    """The discharge that stands."""

    number: int
    """1 for the first of the stay; a discharge after a cancellation is another one (S02)."""
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """The stay as it stands."""

    state: State
    admission: Mapping[str, Any] | None = None
    """What is known of the admission; None when there was none, or none that counts."""
    discharge: Discharge | None = None
    undone: tuple[str, Undoing] | None = None
    """When and why the last discharge stopped counting."""
    voided: tuple[str, Undoing] | None = None
    """When and why the stay itself did not count."""
    questions: tuple[Question, ...] = ()
    ward: str = ""
    expected_discharge_at: str | None = None


def fold(heard: Heard) -> Standing:
    """Work it out. A pure function of the set, so any order of arrival gives the same."""
    line = _Line()
    for entry in sorted(heard.happenings, key=_by_time):
        line.take(entry)
    return line.standing(heard.details)


def _by_time(entry: Entry) -> tuple[Any, ...]:
    at, kind, source, details, _, last = entry
    return at, last, _RANK.get(kind, len(_RANK)), source, sorted(map(str, details.items()))


@dataclass
class _Line:
    """The fold in the making."""

    state: State = "announced"
    admitted: list[Entry] = field(default_factory=list)
    evidence: list[Entry] = field(default_factory=list)
    """What was said of the discharge that stands."""
    discharges: int = 0
    undone: tuple[str, Undoing] | None = None
    voided: tuple[str, Undoing] | None = None
    wards: list[str] = field(default_factory=list)
    expected: str | None = None
    asked: set[Question] = field(default_factory=set)
    goes_on: dict[str, str] = field(default_factory=dict)
    """Source to when it last said that the stay goes on."""

    def take(self, entry: Entry) -> None:
        """Take in the next happening; one that changes nothing here has no part in the fold."""
        ward = entry[3].get("ward")
        if ward and entry[1] in _SAYS_WHERE:
            self.wards.append(ward)
        part = _PARTS.get(entry[1])
        if part:
            part(self, entry)

    def begin(self, entry: Entry) -> None:
        if entry[1] == "admitted":
            self.admitted.append(entry)
        if self.state in {"announced", "void"}:
            self.state = "open"

    def end(self, entry: Entry) -> None:
        if self.state != "discharged":
            self.state = "discharged"
            self.discharges += 1
            self.evidence = []
        self.evidence.append(entry)

    def go_on(self, entry: Entry) -> None:
        _, _, source, _, _, last = entry
        self.goes_on[source] = max(last, self.goes_on.get(source, ""))
        own = [said[5] for said in self.evidence if said[2] == source and said[1] == "discharged"]
        # A source speaks for itself only: of its own snapshots the latest holds.
        if own and max(own) < last:
            self.cancel(entry)
        elif self.state in {"announced", "void"}:
            self.state = "open"

    def correct(self, entry: Entry) -> None:
        if self.state == "discharged" and {*entry[3]} - {"ward"}:
            self.evidence.append(entry)

    def cancel(self, entry: Entry) -> None:
        if self.state != "discharged":
            return
        if not any(said[2] == entry[2] for said in self.evidence):
            self.asked.add("cancelled-elsewhere")
        if any(said[2] == entry[2] and said[5] > entry[5] for said in self.evidence):
            self.asked.add("discharged-again-or-late")
        self.state = "open"
        self.undone = (entry[0], "discharge-cancelled")
        self.evidence = []

    def take_back(self, entry: Entry) -> None:
        self._void(entry[0], "admission-cancelled")

    def delete(self, entry: Entry) -> None:
        self._void(entry[0], "entered-in-error")

    def _void(self, at: str, why: Undoing) -> None:
        self.state = "void"
        self.undone = self.voided = (at, why)
        self.admitted, self.evidence = [], []
        self.asked.clear()

    def move_back(self, _: Entry) -> None:
        if len(self.wards) > 1:
            self.wards.pop()

    def leave(self, _: Entry) -> None:
        if self.state == "open":
            self.state = "on-leave"

    def come_back(self, _: Entry) -> None:
        if self.state == "on-leave":
            self.state = "open"

    def plan(self, entry: Entry) -> None:
        self.expected = entry[3].get("expected_discharge_at", self.expected)

    def forget_plan(self, _: Entry) -> None:
        self.expected = None

    def standing(self, details: Mapping[str, Mapping[str, Word]]) -> Standing:
        """What it amounts to."""
        ward = self.wards[-1] if self.wards else ""
        discharge = None
        if self.state == "discharged":
            self.asked = set()
            content = departure(self.evidence, details, ward)
            discharge = Discharge(self.discharges, content)
            self._compare(content["discharged_at"])
            if "discharge-times-differ" in self.asked:
                content["flags"].append("conflict:discharged-at")
        return Standing(
            state=self.state,
            admission=admission(self.admitted, details) if self.admitted else None,
            discharge=discharge,
            undone=self.undone,
            voided=self.voided,
            questions=tuple(sorted(self.asked)),
            ward=ward,
            expected_discharge_at=self.expected,
        )

    def _compare(self, discharged_at: str) -> None:
        said = sorted(times(self.evidence).values())
        if as_instant(said[-1]) - as_instant(said[0]) > HOURS_APART:
            self.asked.add("discharge-times-differ")
        ended = {said[2]: said[5] for said in self.evidence}
        for source, last in self.goes_on.items():
            late = as_instant(last) - as_instant(discharged_at) > LAGGING
            if late and ended.get(source, "") < last:
                self.asked.add("cancelled-elsewhere")


_PARTS: Mapping[str, Callable[[_Line, Entry], None]] = {
    "registered": _Line.begin,
    "admitted": _Line.begin,
    "move-cancelled": _Line.move_back,
    "on-leave": _Line.leave,
    "back-from-leave": _Line.come_back,
    "discharge-planned": _Line.plan,
    "discharge-plan-cancelled": _Line.forget_plan,
    "discharged": _Line.end,
    "updated": _Line.correct,
    "in-progress": _Line.go_on,
    "discharge-cancelled": _Line.cancel,
    "admission-cancelled": _Line.take_back,
    "voided": _Line.delete,
}
