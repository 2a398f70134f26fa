"""The folder door: messages that a MESH client puts down, and the responses that it takes along (C7)."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from services.chassis.database import AWAY, Database
from services.chassis.log import get_logger
from services.discharge.domain.message import Outcome
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.intake import Intake, NotStored
from services.discharge.inbound.itk3.message import read_itk3
from services.discharge.inbound.itk3.responses import responses
from services.discharge.inbound.itk3.xml import MOST_BYTES
from services.discharge.usecases.document_ports import Documents

LOOK_EVERY = 5.0
_LARGEST_CONTROL = 64 * 1024
_FIELD = re.compile(r"<(From_DTS|To_DTS|WorkflowId)>([^<>&]{1,100})</\1>")

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Control:
    """What the control file of a message says."""

    sender: str
    """MESH mailbox."""
    receiver: str
    workflow: str


class MeshFolder:
    """Takes messages from `in`, puts responses into `out` and what is done into `done`.

    A file moves only after the commit and after its responses are written. After a crash in between the message is
    read again: it is known by then, gets the same answer, and its responses have the same names.
    """

    def __init__(
        self,
        folder: Path,
        intake: Intake,
        database: Database,
        documents: Documents,
        allowed_senders: frozenset[str] = frozenset(),
    ) -> None:
        self._in, self._out, self._done = (folder / name for name in ("in", "out", "done"))
        self._intake = intake
        self._database = database
        self._documents = documents
        self._allowed_senders = allowed_senders

    async def run(self) -> None:
        """Look into the folder for ever; what cannot be done now is tried again."""
        while True:
            try:
                await self.sweep()
            except AWAY as error:
                _log.warning("mesh.waits", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def sweep(self) -> int:
        """Take in every message that is there completely; gives how many. Raises what the database raises."""
        taken = 0
        for control in await asyncio.to_thread(self._ready):
            try:
                await self._take(control)
                taken += 1
            except NotStored as error:
                _log.error("mesh.message_failed", error=str(error))
        return taken

    def _ready(self) -> list[Path]:
        for folder in (self._in, self._out, self._done):
            folder.mkdir(parents=True, exist_ok=True)
        controls = sorted(self._in.glob("*.ctl"))
        return [each for each in controls if self._data_of(each) is not None]

    def _data_of(self, control: Path) -> Path | None:
        """Its message, also when a crash came between the two moves; None while it is still on its way."""
        places = (control.with_suffix(".dat"), self._done / f"{control.stem}.dat")
        return next((each for each in places if each.is_file()), None)

    async def _take(self, control: Path) -> None:
        said, body = await asyncio.to_thread(self._read, control)
        arrival = Arrival(datetime.now(UTC), "mesh", said.sender)
        incoming, reading = await asyncio.to_thread(read_itk3, body, arrival, self._allowed_senders)
        outcome = await self._intake.take(incoming)
        async with self._database.reading() as connection:
            answered = await self._documents.answered(connection, outcome.message_id)
        told = responses(reading.handling, outcome, answered.business if answered else None)
        await asyncio.to_thread(self._put_away, control, said, outcome, list(told))

    def _read(self, control: Path) -> tuple[Control, bytes]:
        with control.open("rb") as file:
            text = file.read(_LARGEST_CONTROL).decode("utf-8", "replace")
        found = dict(_FIELD.findall(text))
        said = Control(
            found.get("From_DTS", ""), found.get("To_DTS", ""), found.get("WorkflowId", "")
        )
        data = self._data_of(control)
        if data is None:
            return said, b""
        with data.open("rb") as file:
            # One byte more than a message may have, so that one that is too large is seen to be.
            return said, file.read(MOST_BYTES + 1)

    def _put_away(
        self, control: Path, said: Control, outcome: Outcome, told: list[tuple[int, bytes]]
    ) -> None:
        for code, response in told:
            name = f"{outcome.message_id}-{code}"
            self._write(f"{name}.dat", response)
            # The client sends what it finds a control file of, so that one comes last.
            self._write(f"{name}.ctl", "".join(_control(said, name)).encode())
        for path in (control.with_suffix(".dat"), control):
            if path.exists():
                path.replace(self._done / path.name)

    def _write(self, name: str, content: bytes) -> None:
        unfinished = self._out / f"{name}.tmp"
        unfinished.write_bytes(content)
        unfinished.replace(self._out / name)


def _control(said: Control, name: str) -> Iterator[str]:
    yield "<DTSControl><Version>1.0</Version><AddressType>DTS</AddressType><MessageType>Data</MessageType>"
    yield f"<From_DTS>{escape(said.receiver)}</From_DTS><To_DTS>{escape(said.sender)}</To_DTS>"
    yield f"<LocalId>{name}</LocalId><WorkflowId>{escape(said.workflow)}_ACK</WorkflowId>"
    yield "<Encrypted>N</Encrypted><Compressed>N</Compressed></DTSControl>\n"
