"""Synthetic patients: the same hundreds of thousands in every run, none of whom exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, cycle, islice

_FAMILIES = ("HARTLEY", "OKAFOR", "SINGH", "NOWAK", "BAKER-REID", "EVANS", "CHEN", "O'NEILL")
_GIVENS = ("EDNA", "TOM", "AMINA", "IVAN", "RUTH", "GWEN", "MEI", "PATRICK")
_BORN = date(1930, 1, 1)
_FIRST_BASE = 999_100_000
_PRACTICES = ("Z90001", "Z90002")


@dataclass(frozen=True, slots=True)
class Patient:
    """One person who is frail, lives at home, and leaves hospital today."""

    number: str
    """NHS number of the 999 test range, check digit right."""
    family: str
    given: str
    birth_date: date
    practice: str
    """ODS code."""
    frailty: int
    """Clinical Frailty Scale, always at risk of readmission: 5 to 8."""


def patients(how_many: int) -> list[Patient]:
    """The first so many patients, always the same ones."""
    return [
        Patient(
            number=number,
            family=_FAMILIES[place % len(_FAMILIES)],
            given=_GIVENS[place // len(_FAMILIES) % len(_GIVENS)],
            birth_date=_BORN + timedelta(days=place * 7 % 9_000),
            practice=practice,
            frailty=5 + place % 4,
        )
        for place, number, practice in zip(
            range(how_many), islice(_nhs_numbers(), how_many), cycle(_PRACTICES), strict=False
        )
    ]


def _nhs_numbers() -> Iterator[str]:
    for base in count(_FIRST_BASE):
        nine = str(base)
        check = -sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
        if check < 10:
            yield f"{nine}{check}"
