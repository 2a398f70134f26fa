"""What several sources say of one admission or discharge, put together."""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

from services.discharge.domain.codes import ASSUMED_CLASS
from services.discharge.domain.spell import Entry, Word, latest

_MOST_FLAGS = 20


def times(evidence: Sequence[Entry]) -> dict[str, str]:
    """The discharge time that each source stands by: what it said last."""
    return {source: word[0] for source, word in _words(evidence, "discharged_at").items()}


def _words(evidence: Sequence[Entry], name: str) -> dict[str, Word]:
    found: dict[str, Word] = {}
    for at, _, source, details, _, last in evidence:
        if name in details:
            word = (details[name], last, at)
            found[source] = latest(found[source], word) if source in found else word
    return found


def departure(
    evidence: Sequence[Entry], details: Mapping[str, Mapping[str, Word]], ward: str
) -> dict[str, Any]:
    """What is known of the discharge that this evidence is about; the earliest time stands (S03)."""
    flags = {flag for said in evidence for flag in said[3].get("flags", ())}
    content = admission(evidence, details)
    content |= {"discharged_at": min(times(evidence).values()), "ward": ward}
    for name in ("method", "destination"):
        words = list(_words(evidence, name).values())
        content[name] = reduce(latest, words)[0] if words else ""
        if any(one[0] != other[0] for one, other in pairwise(words)):
            flags.add(f"conflict:discharge-{name}")
    classes = list(_words(evidence, "encounter_class").values())
    if classes:
        content["encounter_class"] = reduce(latest, classes)[0]
    content["deceased"] = any(said[3].get("deceased") for said in evidence)
    content["diagnoses"] = sorted(
        {tuple(each) for words in _of(details, "diagnoses") for each in words[0]}
    )
    scores: dict[str, Word] = {}
    for word in _of(details, "indicators"):
        for code, value in word[0]:
            said = (value, *word[1:])
            scores[code] = latest(scores[code], said) if code in scores else said
    content["indicators"] = sorted((code, word[0]) for code, word in scores.items())
    content["flags"] = sorted(flags)[:_MOST_FLAGS]
    return content


def admission(
    entries: Sequence[Entry], details: Mapping[str, Mapping[str, Word]]
) -> dict[str, Any]:
    """What is known of the admission."""
    admitted = [word[0] for word in _of(details, "admitted_at")]
    found: dict[str, Any] = {"admitted_at": min(admitted) if admitted else None}
    for name, unknown in (("encounter_class", ASSUMED_CLASS), ("specialty", "")):
        words = _of(details, name)
        found[name] = reduce(latest, words)[0] if words else unknown
    flags = {flag for said in entries for flag in said[3].get("flags", ())}
    found["flags"] = sorted(flags)[:_MOST_FLAGS]
    return found


def _of(details: Mapping[str, Mapping[str, Word]], name: str) -> list[Word]:
    return [words[name] for words in details.values() if name in words]
