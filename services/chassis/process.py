"""How a service is started: its settings, its migrations, and then itself until somebody ends it."""

import argparse
import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable
from typing import TypeVar

import uvloop

from services.chassis import log, telemetry
from services.chassis.database import AWAY, Database, open_database
from services.chassis.migrate import behind, migrate
from services.chassis.running import Feed, Loop, Parts, Process
from services.chassis.settings import ServiceSettings, SettingsError, print_config

__all__ = ["Feed", "Loop", "Parts", "main"]

Settings = TypeVar("Settings", bound=ServiceSettings)
_log = log.get_logger()


def main(
    service: str, settings_class: type[Settings], build: Callable[[Settings, Database], Parts]
) -> None:
    """Entry point of a service: run it, or `migrate`, or `--print-config`."""
    asked = _asked(service)
    try:
        settings = settings_class()
    except (SettingsError, ValueError) as error:
        sys.exit(f"{service}: {error}")
    if asked.print_config:
        print_config(settings)
        return
    log.configure(service, settings.log_level)
    telemetry.configure(service)
    work = _migrate(settings, service) if asked.migrate else _serve(service, settings, build)
    try:
        uvloop.run(work)
    except SettingsError as error:  # its text repeats no values
        sys.exit(f"{service}: {error}")
    except Exception as error:  # a traceback on standard error would pass by the redaction
        _log.critical("service.ended", error=type(error).__name__)
        sys.exit(1)


def _asked(service: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service}",
        description=f"Run {service} until somebody ends it. Its settings are BATON_ variables: docs/SETTINGS.md.",
    )
    parser.add_argument(
        "migrate", nargs="?", choices=["migrate"], help="bring the schema up to date, and end"
    )
    parser.add_argument(
        "--print-config", action="store_true", help="show the settings without secrets, and end"
    )
    return parser.parse_args()


async def _migrate(settings: ServiceSettings, service: str) -> None:
    if settings.migration_database_url is None:
        sys.exit("migrate needs BATON_MIGRATION_DATABASE_URL")
    for name in await migrate(settings.migration_database_url.get_secret_value(), service):
        _log.info("migration.applied", migration=name)


async def _serve(
    service: str, settings: Settings, build: Callable[[Settings, Database], Parts]
) -> None:
    if settings.migration_database_url is not None:
        await _migrate(settings, service)
    database = await _open(settings, service)
    try:
        async with database.reading() as connection:
            missing = await behind(connection, service)
        if missing:
            sys.exit(f"{service}: the schema lacks {', '.join(missing)}; run the migrations first")
        process = Process(service, settings, database, build(settings, database))
        _let_garbage_wait()
        await process.run()
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(database.pool.close(), 5)


def _let_garbage_wait() -> None:
    """Set aside what lives as long as the process, and look for garbage less often.

    A batch makes thousands of objects that reference counting frees by itself; at Python's own pace each of them
    pays for walking over a framework's worth of others, which measured a fifth of the whole chain's CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


async def _open(settings: ServiceSettings, service: str) -> Database:
    """The database may start at the same time as we do: give it a minute."""
    for _ in range(60):
        try:
            return await open_database(settings.database_url.get_secret_value(), service)
        except AWAY as error:
            _log.warning("database.not_there_yet", error=type(error).__name__)
            await asyncio.sleep(1)
    sys.exit(f"{service}: the database cannot be reached")
