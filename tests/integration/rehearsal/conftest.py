"""The ground on which stories are rehearsed: one for the whole run."""

from pathlib import Path

import pytest

from deploy.local.postgres import LocalPostgres
from services.rehearsal.ground import Ground

STORIES = Path(__file__).parents[2] / "stories"


@pytest.fixture(scope="session")
def ground(postgres_server: LocalPostgres) -> Ground:
    return Ground(postgres_server)
