"""A real PostgreSQL server on this machine, for as long as somebody needs it."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from deploy.local.accounts import home_for, ordinary_account
from deploy.local.ports import LOOPBACK, Port
from deploy.local.postgres_binaries import find_programs
from deploy.local.processes import Child, PartDidNotStart, start_child

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "wal_level": "logical",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# What is written need not outlive the machine, so nobody waits for the disk; a crash of the server alone loses nothing
# but the last moments.
THROWN_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_LONGEST_HOME = 85
"""A socket's path may have 107 characters in all; a longer way is gone by the loopback."""
# The superuser can run programs as us, so it alone needs the password that only we can read.
ACCESS = f"""\
local all        {SUPERUSER} scram-sha-256
local all        all         trust
host all         {SUPERUSER} {LOOPBACK}/32 scram-sha-256
host replication {SUPERUSER} {LOOPBACK}/32 scram-sha-256
host all         all      {LOOPBACK}/32 trust
"""
_STOP_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class LocalPostgres:
    """One server; the same object can be stopped and started again on the same data and port."""

    def __init__(self, port: int | None = None, *, thrown_away: bool = False) -> None:
        """`thrown_away`: nobody looks at the data after the last stop."""
        self._port = Port(port)
        self._thrown_away = thrown_away
        self._socket: Path | None = None
        self.data_dir: Path | None = None
        self._account = ordinary_account()
        self._programs = find_programs(self._account)
        self._password = ""
        self._server: Child | None = None

    def start(self, data_dir: Path) -> None:
        """Start on this folder, which is filled first if it is new.

        As root the data may live elsewhere, see `accounts.home_for`; `data_dir` says where.
        """
        home = home_for(data_dir, self._account)
        self.data_dir = home
        if not (home / "data" / "PG_VERSION").exists():
            self._fill(home)
        self._password = (home / "password").read_text().strip()
        self._server = start_child(
            "postgres",
            [
                self._programs / "postgres", "-D", home / "data", "-p", str(self._port.claim()),
                *(f"--{name}={value}" for name, value in self._given(home).items()),
            ],
            log=home / "postgres.log",
            env=self._environment(),
            account=self._account,
            death_signal=signal.SIGINT,
        )  # fmt: skip
        self._server.wait_until(self._is_ready, timeout=60)

    def _given(self, home: Path) -> Mapping[str, str]:
        """Settings of this start, over those of the data."""
        if not self._thrown_away:
            return {}
        if len(str(home)) > _LONGEST_HOME:
            return THROWN_AWAY
        self._socket = home
        return {**THROWN_AWAY, "unix_socket_directories": str(home)}

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop in order, or as a crash would, so that the next start has to recover."""
        if self._server is not None:
            self._server.stop(grace=30, how=_STOP_SIGNALS[mode])
            self._server = None

    def destroy(self) -> None:
        """Stop and forget the data."""
        self.stop("immediate")
        if self.data_dir is not None:
            shutil.rmtree(self.data_dir)

    @property
    def port(self) -> int:
        return self._port.number

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.is_running

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def dsn(self, database: str, user: str, password: str | None = None) -> str:
        secret = password or (self._password if user == SUPERUSER else None)
        who = quote(user, safe="") + (f":{quote(secret, safe='')}" if secret else "")
        # The wheel's server has no TLS; asking for it would cost every connection a round trip.
        if self._socket is not None:
            way = f"host={quote(str(self._socket), safe='')}&port={self.port}&sslmode=disable"
            return f"postgresql://{who}@/{quote(database, safe='')}?{way}"
        place = f"{LOOPBACK}:{self.port}/{quote(database, safe='')}"
        return f"postgresql://{who}@{place}?sslmode=disable"

    def superuser_dsn(self, database: str = "postgres") -> str:
        return self.dsn(database, SUPERUSER)

    def describe(self) -> str:
        command = [str(self._programs / "postgres"), "--version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return f"PostgreSQL {said.split()[-1]} (embedded wheel)"

    def _fill(self, home: Path) -> None:
        shutil.rmtree(home / "data", ignore_errors=True)
        secret = home / "password"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24))
        if self._account:
            os.chown(secret, self._account.uid, self._account.gid)
        settings = [f"--set={name}={value}" for name, value in SETTINGS.items()]
        initdb = start_child(
            "initdb",
            [
                self._programs / "initdb", f"--pgdata={home / 'data'}", f"--username={SUPERUSER}",
                "--encoding=UTF8", "--locale-provider=builtin", "--locale=C",
                "--builtin-locale=C.UTF-8", "--data-checksums", f"--pwfile={secret}",
                "--auth=scram-sha-256", "--no-instructions", *settings,
            ],
            log=home / "initdb.log",
            env=self._environment(),
            account=self._account,
        )  # fmt: skip
        if initdb.process.wait(60) != 0:
            raise PartDidNotStart(f"initdb failed:\n{(home / 'initdb.log').read_text()}")
        (home / "data" / "pg_hba.conf").write_text(ACCESS)

    def _is_ready(self) -> bool:
        """Read what the server says of itself in its pid file: whose it is, and how far it is."""
        assert self._server is not None
        assert self.data_dir is not None
        try:
            lines = (self.data_dir / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self._server.pid) and lines[7].strip() == "ready"

    @staticmethod
    def _environment() -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
