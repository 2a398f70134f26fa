"""The site's database: one schema and two roles for each service."""

from pathlib import Path
from typing import Protocol

import asyncpg

import deploy

NAME = "baton"
ROLES = Path(deploy.__file__).parent / "postgres" / "roles.sql"


class Server(Protocol):
    """What this needs of a PostgreSQL server."""

    def superuser_dsn(self, database: str = "postgres") -> str: ...


async def create_database(server: Server, passwords: dict[str, str]) -> None:
    """Create the database and its roles; `passwords` names them as `roles.sql` does."""
    connection = await asyncpg.connect(server.superuser_dsn())
    try:
        await connection.execute(f"CREATE DATABASE {NAME}")
    finally:
        await connection.close()
    settings = {f"baton.{name}_password": password for name, password in passwords.items()}
    connection = await asyncpg.connect(server.superuser_dsn(NAME), server_settings=settings)
    try:
        await connection.execute(ROLES.read_text(encoding="utf-8"))
    finally:
        await connection.close()
