"""The site's database: one schema and two roles for each service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import asyncpg

import deploy

NAME = "baton"
ROLES = Path(deploy.__file__).parent / "postgres" / "roles.sql"


class Server(Protocol):
    """What this needs of a PostgreSQL server."""

    def superuser_dsn(self, database: str = "postgres") -> str: ...


async def create_database(server: Server, passwords: Mapping[str, str]) -> None:
    """Create the site's database, and its roles; `passwords` names them as `roles.sql` does."""
    connection = await asyncpg.connect(server.superuser_dsn())
    try:
        await connection.execute(f"CREATE DATABASE {NAME}")
    finally:
        await connection.close()
    await create_roles(server.superuser_dsn(NAME), passwords)


async def create_roles(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Run `roles.sql` in a database that is there; running it again gives new passwords."""
    settings = {f"baton.{name}_password": password for name, password in passwords.items()}
    connection = await asyncpg.connect(superuser_dsn, server_settings=settings)
    try:
        await connection.execute(ROLES.read_text(encoding="utf-8"))
    finally:
        await connection.close()
