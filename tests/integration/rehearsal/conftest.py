"""The ground on which stories are rehearsed: one for the whole run, on a server as `baton rehearse` starts it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.postgres import LocalPostgres
from services.rehearsal.ground import Ground

STORIES = Path(__file__).parents[2] / "stories"


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    server = LocalPostgres(thrown_away=True)
    with tempfile.TemporaryDirectory(prefix="baton-rehearsal-") as folder:
        server.start(Path(folder) / "postgres")
        yield Ground(server)
        server.destroy()
