"""Letters as files that a printer collects."""

import asyncio
import os
from pathlib import Path
from uuid import UUID

from services.notify.domain.attempt import Outcome, Taken, TryLater
from services.notify.domain.message import Message

_OWNER_ONLY = 0o600


class Letters:
    """Puts each letter into a folder, whole or not at all, under the id of its alert.

    A repeat after a crash finds the file and leaves it alone. If the printer has taken it away in between, the
    letter is written a second time: its name is the same, so a printer that keeps a list can drop it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def carry(self, message: Message) -> Outcome:
        """One attempt; readable by the owner of the folder only."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError:
            return TryLater("letter-folder-not-writable")
        return Taken()

    async def take_back(self, alert_id: UUID) -> bool:
        """Remove a letter that the printer has not collected. Says whether it was there and is gone for good."""
        try:
            await asyncio.to_thread(self._remove, alert_id)
        except OSError:
            return False
        return True

    def _remove(self, alert_id: UUID) -> None:
        (self._folder / f"{alert_id}.html").unlink()
        self._keep()

    def _write(self, message: Message) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        letter = self._folder / f"{message.alert_id}.html"
        if letter.exists():
            return
        draft = self._folder / f".{message.alert_id}.part"
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY),
            "w",
            encoding="utf-8",
        ) as file:
            file.write(message.body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(letter)
        self._keep()

    def _keep(self) -> None:
        """What changed in the folder outlives a power cut."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
