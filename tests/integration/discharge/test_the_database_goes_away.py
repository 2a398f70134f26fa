import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.postgres import LocalPostgres
from services.discharge.inbound.hl7.framing import frame
from tests.integration.discharge.conftest import Ward
from tests.support.eventually import eventually
from tests.support.hospital import a_notification, an_adt
from tests.support.postgres import Database as TestDatabase
from tests.support.postgres import Databases
from tests.support.tables import make_tables


class OwnServer:
    """A server that a test may stop without harm to others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.postgres = LocalPostgres()

    def start(self) -> None:
        self.postgres.start(self._folder)

    def crash(self) -> None:
        self.postgres.stop("immediate")


@pytest.fixture(scope="module")
def own_server() -> Iterator[OwnServer]:
    with tempfile.TemporaryDirectory(prefix="baton-away-") as folder:
        server = OwnServer(Path(folder) / "postgres")
        server.start()
        yield server
        if not server.postgres.is_running:
            server.start()
        server.postgres.destroy()


@pytest.fixture(scope="module")
def site(own_server: OwnServer) -> TestDatabase:
    databases = Databases(own_server.postgres)
    tables = partial(make_tables, service="discharge")
    return databases.create(databases.prepared("discharge", tables))


async def test_nothing_is_accepted_meanwhile_and_everything_afterwards(
    own_server: OwnServer, ward: Ward
):
    line = await ward.line()
    assert b"MSA|AA|BEFORE" in await line.send(an_adt(control_id="BEFORE"))

    own_server.crash()
    refused = await line.send(an_adt(control_id="MEANWHILE", visit="SP-2"))
    hl7 = await ward.post_hl7(an_adt(control_id="MEANWHILE", visit="SP-2"))
    fhir = await ward.post_fhir(a_notification(visit="SP-3"))

    assert b"MSA|AE|MEANWHILE|" in refused
    assert b"^207&Application internal error&HL70357" in refused
    assert (hl7.status_code, fhir.status_code) == (503, 503)
    assert "retry-after" in hl7.headers
    assert "retry-after" in fhir.headers
    assert hl7.headers["content-type"] == "application/problem+json"
    assert fhir.json()["issue"][0]["code"] == "transient"

    own_server.start()

    async def is_accepted() -> bool:
        return b"MSA|AA|MEANWHILE" in await line.send(an_adt(control_id="MEANWHILE", visit="SP-2"))

    await eventually(is_accepted, timeout=20)
    assert (await ward.post_fhir(a_notification(visit="SP-3"))).status_code == 200
    assert len(await ward.said("spell.discharged")) == 3


async def test_a_crash_in_the_middle_of_many_loses_no_accepted_message(
    own_server: OwnServer, ward: Ward
):
    lines = [await ward.line() for _ in range(10)]
    accepted: set[str] = set()

    for number in range(20):
        for which, line in enumerate(lines):
            control_id = f"C{number}-{which}"
            line.write(frame(an_adt(control_id=control_id, visit=control_id)))
        if number == 10:
            own_server.crash()
        if number == 15:
            own_server.start()
        for line in lines:
            answer = await line.answer()
            if b"MSA|AA|" in answer:
                accepted.add(answer.split(b"MSA|AA|")[1].split(b"\r")[0].decode())

    await eventually(ward.stored, timeout=20)
    stored = {row["control_id"] for row in await ward.stored()}
    assert accepted <= stored
    assert len(accepted) >= 100
    assert len(await ward.said("spell.discharged")) == len(stored)
