"""Guesses at what a field that is not read may hold, by its form alone."""

import re
from collections import Counter

from services.discharge.inbound.hl7.reader import Fields, Message
from services.discharge.inbound.nhs import is_valid_nhs_number

NHS_NUMBER = "an NHS number"
PRACTICE = "a practice code"
_PRACTICE = re.compile(r"[A-HJ-NPV-Y]\d{5}\Z", re.ASCII)
_TEN_DIGITS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}\Z", re.ASCII)
_MOST_COMPONENTS = 12


def guesses(message: Message, segment: Fields, number: int) -> Counter[tuple[str, str]]:
    """(place, what it looks like) for each component of the first repetition."""
    found: Counter[tuple[str, str]] = Counter()
    for components in message.split(segment[number])[:1]:
        for part, _ in enumerate(components[:_MOST_COMPONENTS], 1):
            looks_like = _guess(message.component(components, part))
            if looks_like:
                place = f"{segment[0]}-{number}" + (f".{part}" if part > 1 else "")
                found[place, looks_like] += 1
    return found


def _guess(value: str) -> str:
    digits = value.replace(" ", "").replace("-", "")
    if _TEN_DIGITS.match(value) and is_valid_nhs_number(digits):
        return NHS_NUMBER
    return PRACTICE if _PRACTICE.match(value.upper()) else ""
