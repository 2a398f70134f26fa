"""A MESH client puts documents into a folder and takes the responses along."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.errors import Transient
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.itk3.folder import MeshFolder
from services.discharge.outbound.documents import PostgresDocuments
from services.discharge.outbound.messages import PostgresMessages
from services.discharge.outbound.patients import PostgresPatients
from services.discharge.outbound.spells import PostgresSpells
from services.discharge.usecases.receive_messages import Stores
from tests.integration.discharge.conftest import Ward, key_of
from tests.support.documents import SAMPLE, a_document, changed

CONTROL = (
    "<DTSControl><From_DTS>ZTAOT001</From_DTS><To_DTS>BATONOT1</To_DTS>"
    "<WorkflowId>TOC_FHIR_IP_DISCH</WorkflowId></DTSControl>"
)


class Client:
    """The folder, and what is done with it."""

    def __init__(self, folder: Path, door: MeshFolder) -> None:
        self.folder = folder
        self.door = door

    def put(self, name: str, body: bytes, control: str = CONTROL) -> None:
        (self.folder / "in").mkdir(exist_ok=True)
        (self.folder / "in" / f"{name}.dat").write_bytes(body)
        (self.folder / "in" / f"{name}.ctl").write_text(control)

    def names(self, folder: str) -> set[str]:
        return {path.name for path in (self.folder / folder).iterdir()}

    def codes(self) -> list[str]:
        found = []
        for path in sorted((self.folder / "out").glob("*.dat")):
            found += re.findall(r'Acknowledgement-1"/><code value="([0-9]+)"', path.read_text())
        return sorted(found)


@pytest.fixture
async def client(ward: Ward, tmp_path: Path) -> AsyncIterator[Client]:
    documents = PostgresDocuments()
    stores = Stores(PostgresMessages(), PostgresPatients(), PostgresSpells(), documents)
    intake = Intake(ward.database, stores, key_of)
    committing = asyncio.create_task(intake.run())
    yield Client(tmp_path, MeshFolder(tmp_path, intake, ward.database, documents))
    committing.cancel()


async def test_a_document_is_taken_in_and_answered_twice(ward: Ward, client: Client) -> None:
    client.put("m1", SAMPLE.read_bytes())

    assert await client.door.sweep() == 1

    assert client.codes() == ["20013", "30001"]
    assert client.names("in") == set()
    assert client.names("done") == {"m1.dat", "m1.ctl"}
    control = next((client.folder / "out").glob("*-20013.ctl")).read_text()
    assert "<From_DTS>BATONOT1</From_DTS><To_DTS>ZTAOT001</To_DTS>" in control
    assert "<WorkflowId>TOC_FHIR_IP_DISCH_ACK</WorkflowId>" in control
    [stored] = await ward.stored()
    assert (stored["arrived_by"], stored["handed_in_by"]) == ("mesh", "ZTAOT001")
    assert "document.received" in await ward.types()


async def test_after_a_crash_the_same_message_gets_the_same_answer_once(
    ward: Ward, client: Client
) -> None:
    client.put("m1", SAMPLE.read_bytes())
    await client.door.sweep()
    before = {path.name: path.read_bytes() for path in (client.folder / "out").iterdir()}

    client.put("m1", SAMPLE.read_bytes())
    await client.door.sweep()

    after = {path.name: path.read_bytes() for path in (client.folder / "out").iterdir()}
    assert after == before
    assert len(await ward.stored()) == 1
    assert len(await ward.said("document.received")) == 1


async def test_a_crash_between_the_two_moves_is_made_good(ward: Ward, client: Client) -> None:
    client.put("m1", SAMPLE.read_bytes())
    (client.folder / "done").mkdir()
    (client.folder / "in" / "m1.dat").replace(client.folder / "done" / "m1.dat")

    await client.door.sweep()

    assert client.names("in") == set()
    assert client.names("done") == {"m1.dat", "m1.ctl"}
    assert client.codes() == ["20013", "30001"]


async def test_what_has_no_control_file_yet_is_left_alone(ward: Ward, client: Client) -> None:
    client.put("m1", SAMPLE.read_bytes())
    (client.folder / "in" / "m1.ctl").unlink()

    assert await client.door.sweep() == 0
    assert client.names("in") == {"m1.dat"}
    assert await ward.stored() == []


async def test_bad_messages_are_answered_and_hold_nobody_up(ward: Ward, client: Client) -> None:
    client.put("m1", b"<!DOCTYPE a><a/>")
    client.put("m2", b"x" * 6_000_000)
    client.put("m3", changed(SAMPLE.read_bytes(), "Extension-ITK-MessageHandling-2", "Other"))
    client.put("m4", a_document("D1"), control="no control at all")

    assert await client.door.sweep() == 4
    assert client.codes() == ["10001", "10009", "20013", "20015", "30001"]


async def test_nothing_moves_while_the_database_is_away(
    ward: Ward, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(self: Intake, incoming: object) -> object:
        raise Transient("away")

    client.put("m1", SAMPLE.read_bytes())
    monkeypatch.setattr(Intake, "take", away)

    with pytest.raises(Transient):
        await client.door.sweep()

    assert client.names("in") == {"m1.dat", "m1.ctl"}
    assert client.names("out") == set()
