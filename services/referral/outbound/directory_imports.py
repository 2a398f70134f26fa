"""Imports of the directory as entries: put on top of the file, in their order."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from services.referral.domain.calendars import Calendar
from services.referral.domain.directory_errors import EntriesRefused
from services.referral.domain.edition import Edition
from services.referral.outbound.data_files import Entry
from services.referral.outbound.directory_entries import OrganisationEntry, TeamEntry

MOST_ROWS = 20_000
_ORGANISATION, _TEAM = "organisation", "team"


class ImportEntry(Entry):
    """What an import says: organisations and teams that are new, or that are said anew. Others stay as they are."""

    organisations: tuple[OrganisationEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class FileEditions:
    """Implements `usecases.directory_ports.Editions`, on the edition of the file."""

    base: Edition
    calendars: Mapping[str, Calendar]

    def read(self, name: str, content: bytes) -> Mapping[str, Any]:
        text = _text(content)
        said = _rows(text) if name.lower().endswith(".csv") else _json(text)
        return _checked(said).model_dump(mode="json", exclude_defaults=True)

    def edition(self, imports: Sequence[Mapping[str, Any]]) -> Edition:
        organisations, teams = dict(self.base.organisations), dict(self.base.teams)
        for said in imports:
            entry = _checked(said)
            organisations |= {one.id: one.organisation() for one in entry.organisations}
            for one in entry.teams:
                if one.calendar not in self.calendars:
                    raise EntriesRefused([f"team {one.id}: there is no calendar {one.calendar!r}"])
                teams[one.id] = one.team(self.calendars)
        last_resort = teams[self.base.last_resort.id]
        made = Edition(teams, organisations, last_resort)
        return replace(made, version=len(imports), capacities=self.base.capacities)


def _checked(said: Any) -> ImportEntry:
    try:
        entry = TypeAdapter(ImportEntry).validate_python(said)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise EntriesRefused(faults) from None
    for what, ids in (
        ("organisation", [one.id for one in entry.organisations]),
        ("team", [one.id for one in entry.teams]),
    ):
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise EntriesRefused([f"{what} {each}: it is there twice" for each in twice])
    return entry


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise EntriesRefused(["the file: it is not written in UTF-8"]) from None


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise EntriesRefused([f"the file: it is no JSON (line {error.lineno})"]) from None


def _rows(text: str) -> dict[str, list[dict[str, Any]]]:
    """A table with one row for each organisation and team; its column `row` tells which. Empty cells say nothing."""
    reader = csv.DictReader(io.StringIO(text))
    if not reader.fieldnames or "row" not in reader.fieldnames:
        raise EntriesRefused(["the first line: it needs a column `row`: organisation or team"])
    found: dict[str, list[dict[str, Any]]] = {"organisations": [], "teams": []}
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS:
            raise EntriesRefused([f"the file: it has more than {MOST_ROWS} rows"])
        if None in row:
            raise EntriesRefused([f"line {number}: it has more cells than the first line"])
        cells = {key: value.strip() for key, value in row.items() if value and value.strip()}
        kind = cells.pop("row", "")
        if kind not in (_ORGANISATION, _TEAM):
            raise EntriesRefused([f"line {number}: `row` is neither organisation nor team"])
        found[f"{kind}s"].append(cells)
    return found
