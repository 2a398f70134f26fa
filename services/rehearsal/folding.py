"""A timeline that a person can read: days on which nothing but the same happens are told once."""

from collections.abc import Hashable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from services.rehearsal.local_time import LONDON, say_day
from services.rehearsal.timeline import Entry

_FEWEST: Final = 3
"""Equal days in a row that are worth a sentence instead."""


def folded(entries: Sequence[Entry]) -> list[Entry]:
    """The first of equal days, and for the others one line that says how many they are and which is the last."""
    days = [list(group) for _, group in groupby(entries, key=_day)]
    told: list[Entry] = []
    for _, group in groupby(days, key=_what_happens):
        first, *others = group
        told += first
        if len(others) + 1 < _FEWEST:
            told += [entry for day in others for entry in day]
            continue
        begins, last = others[0][0], others[-1][0]
        text = f"The same again on {len(others)} days, the last of them {say_day(last.at)}"
        told.append(Entry(begins.at, "said", begins.person, text, pressing=True))
    return told


def _day(entry: Entry) -> date:
    return entry.at.astimezone(LONDON).date()


def _what_happens(day: Sequence[Entry]) -> Hashable:
    """Everything but the date; what a story does or checks is never folded away."""
    if any(entry.kind not in ("said", "told") for entry in day):
        return day[0].at
    return tuple(
        (entry.at.astimezone(LONDON).time(), entry.kind, entry.person, entry.text, *entry.details)
        for entry in day
    )
