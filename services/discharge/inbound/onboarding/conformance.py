"""Writes the tables of `docs/CONFORMANCE.md` from what the reader itself uses."""

import re
from collections.abc import Sequence
from pathlib import Path

from services.discharge.inbound.hl7.acks import TABLE_0357
from services.discharge.inbound.hl7.events import EVENTS, AdtEvent
from services.discharge.inbound.profiles.fields import FIELDS, MAPPED
from services.discharge.inbound.profiles.load import usual_profiles
from services.discharge.inbound.profiles.profile import DEFAULT, Profile

PAGE = Path(__file__).parents[4] / "docs" / "CONFORMANCE.md"
_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_NEEDS = {
    "": "",
    "retired": "MRG-1",
    "unlinked": "a second PID",
    "visit": "MRG-1",
    "number": "MRG-5, PV1-19",
}


def written(page: str) -> str:
    """The page with its tables anew."""
    tables = {
        "events": _events(),
        "fields": _fields(),
        "errors": _errors(),
        "profiles": _profiles(),
    }
    return _MARKED.sub(lambda found: found[1] + tables[found[2]] + found[3], page)


def _events() -> str:
    rows = [
        (event.code, event.meaning, event.happening, event.does, _time(event), _NEEDS[event.other])
        for event in EVENTS.values()
    ]
    heads = ("event", "meaning", "is taken as", "what it does", "happened at", "needs besides PID")
    return _table(heads, rows)


def _time(event: AdtEvent) -> str:
    own = usual_profiles().all[0].places[event.own_time] if event.own_time else ()
    return ", ".join(["EVN-6", *(place.name for place in own), "EVN-2", "MSH-7"])


def _fields() -> str:
    usual = usual_profiles().all[0]
    rows = [
        (
            f"`{field.name}`",
            ", ".join(place.name for place in usual.places[field.name]) or "nowhere",
            "yes" if field.name in MAPPED else "",
            field.use,
            field.trap,
        )
        for field in FIELDS.values()
    ]
    return _table(("field", "place", "code map", "use", "trap"), rows)


def _errors() -> str:
    return _table(
        ("code", "HL7 table 0357"), [(str(code), TABLE_0357[code]) for code in TABLE_0357]
    )


def _profiles() -> str:
    rows = [
        (f"`{profile.id}`", profile.name, _senders(profile), str(profile.zone))
        for profile in usual_profiles().all
    ]
    return _table(("id", "what it is", "for MSH-4/MSH-3", "clock"), rows)


def _senders(profile: Profile) -> str:
    if profile.id == DEFAULT:
        return "everybody else"
    return ", ".join(f"{organisation}/{name or '*'}" for organisation, name in profile.senders)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(
        "| " + " | ".join(each.replace("|", "\\|") for each in row) + " |\n" for row in lines
    )


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
