"""Import into the directory: look first, then apply; every process takes it up by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.calendars import local_date
from services.referral.domain.directory import Directory
from services.referral.domain.directory_changes import Preview, compare
from services.referral.domain.directory_check import Problem, check
from services.referral.domain.directory_errors import (
    ChangedSincePreview,
    FaultsInDirectory,
    NothingNew,
)
from services.referral.domain.edition import Edition
from services.referral.domain.rules import Rule
from services.referral.usecases.describe_teams import describe_teams
from services.referral.usecases.directory_ports import Editions, Imports
from services.referral.usecases.directory_records import Kept
from services.referral.usecases.keep_directory import TURN, TURNS


@dataclass(frozen=True, slots=True)
class ImportDesk:
    """Who imports, into what."""

    by: str
    """Staff reference."""
    request_id: UUID
    imports: Imports
    editions: Editions
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What an import would do, and to which version of the directory."""

    version: int
    preview: Preview


async def preview_import(
    connection: Connection, desk: ImportDesk, entries: Mapping[str, Any], today: date
) -> Looked:
    """Say what would change; change nothing. Raises `EntriesRefused`."""
    before, after = await _editions(connection, desk, entries)
    return Looked(before.version, compare(before, after, today, desk.rules))


async def import_directory(
    unit: UnitOfWork, desk: ImportDesk, entries: Mapping[str, Any], *, seen: int, note: str
) -> Kept:
    """Apply an import that somebody looked at, on top of the version that they `seen`.

    Raises a refusal when the directory would not hold together, when it says all of it already, or when somebody
    else was quicker. Work of teams that it closes is moved as soon as a process has taken it up.
    """
    await desk.imports.lock(unit.connection)
    before, after = await _editions(unit.connection, desk, entries)
    if before.version != seen:
        raise ChangedSincePreview
    preview = compare(before, after, local_date(unit.now), desk.rules)
    if preview.faults:
        raise FaultsInDirectory(preview.faults)
    if not preview.changes:
        raise NothingNew
    kept = Kept(
        version=after.version,
        said_at=unit.now,
        said_by=desk.by,
        note=note,
        entries=entries,
        added=len(preview.added),
        changed=len(preview.changed),
        closed=len(preview.closed),
        moved=len(preview.moved),
    )
    await desk.imports.keep(unit.connection, kept)
    unit.set_timer(TURN, TURNS, unit.now)
    cause = Cause(desk.request_id, desk.request_id)
    newest = Directory(after, local_date(unit.now))
    await describe_teams(unit, cause, imports=desk.imports, directory=newest, base=_base(desk))
    return kept


async def check_directory(
    connection: Connection, desk: ImportDesk, today: date
) -> tuple[Problem, ...]:
    """Everything that does not hold together now."""
    newest = desk.editions.edition(await desk.imports.entries(connection))
    return check(newest, today, desk.rules)


async def _editions(
    connection: Connection, desk: ImportDesk, entries: Mapping[str, Any]
) -> tuple[Edition, Edition]:
    kept = await desk.imports.entries(connection)
    before, after = desk.editions.edition(kept), desk.editions.edition([*kept, entries])
    return replace(before, version=len(kept)), replace(after, version=len(kept) + 1)


def _base(desk: ImportDesk) -> Edition:
    return desk.editions.edition(())
