"""Who approved the rules of the place, and of which text: `approved.yaml` beside them."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from services.referral.outbound.data_files import DataError, Entry, read

FILE = "approved.yaml"
NEEDED = 2
"""So many people have to approve a text before a live site works by it (H13)."""
_NO_LETTERS = ("C", "P", "Z")
"""Categories of characters that make no other person: invisible ones, punctuation, spaces."""

Said = Annotated[str, Field(min_length=2, max_length=120)]


class NotApprovedError(DataError):
    """A live site may not work by rules that too few people have approved."""


class ApprovalEntry(Entry):
    """One person's word for one text."""

    name: Said
    role: Said
    at: AwareDatetime
    of: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The digest of the text that they saw."""


class ApprovalsFile(Entry):
    """`approved.yaml`."""

    approvals: tuple[ApprovalEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Approvals:
    """How far the rules of a place are approved."""

    digest: str
    """Of the text as it is now; empty: the place says nothing of its own."""
    said: Sequence[ApprovalEntry] = ()
    """Every approval in the order of the file, those of an earlier text among them."""

    @property
    def present(self) -> tuple[ApprovalEntry, ...]:
        """Those of the text as it is now, one for each person."""
        first = {person(one.name): one for one in reversed(self.said) if one.of == self.digest}
        return tuple(reversed(first.values()))

    @property
    def earlier(self) -> tuple[ApprovalEntry, ...]:
        """Those of a text that has changed since."""
        return tuple(one for one in self.said if one.of != self.digest)

    @property
    def enough(self) -> bool:
        """Whether a live site may work by the text; where a place says nothing there is nothing to approve."""
        return not self.digest or len(self.present) >= NEEDED

    @property
    def words(self) -> str:
        """How many there are."""
        return f"{len(self.present)} of {NEEDED} approvals of the text as it is now"

    def told(self) -> dict[str, Any]:
        """For another program."""
        return {
            "of": self.digest,
            "needed": NEEDED,
            "enough": self.enough,
            "present": [one.model_dump(mode="json") for one in self.present],
            "earlier": [one.model_dump(mode="json") for one in self.earlier],
        }


def person(name: str) -> str:
    """One name for one person: case, spaces and punctuation do not make two."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] not in _NO_LETTERS)


def digest_of(folder: Path) -> str:
    """Tells one text of a place's folder from every other; empty where nothing in it is ever read.

    Names and bytes of every file that referral reads there. Bytes and not what YAML makes of them: people approve
    what they read, remarks included, and neither another reader of YAML nor a new field of ours may turn one text
    into another. Line ends alone do not count, for version control changes them from machine to machine.
    """
    files = sorted(path for path in folder.glob("*.yaml") if path.name != FILE)
    whole = hashlib.sha256()
    for path in files:
        text = hashlib.sha256(_bytes(path).replace(b"\r\n", b"\n")).hexdigest()
        whole.update(f"{path.name}\0{text}\n".encode())
    return whole.hexdigest() if files else ""


def read_approvals(folder: Path | None) -> Approvals:
    """Who approved what a place says; nobody without a folder. Raises `DataError`."""
    if folder is None:
        return Approvals("")
    path = folder / FILE
    said = read(path, ApprovalsFile).approvals if path.is_file() else ()
    return Approvals(digest_of(folder), said)


def must_be_approved(folder: Path | None) -> None:
    """Refuse rules of a place that too few people have approved. Raises `NotApprovedError`."""
    approvals = read_approvals(folder)
    if not approvals.enough:
        raise NotApprovedError(
            f"{folder}: {approvals.words}, and a live site needs them all;"
            f" run: baton pathways approve --folder {folder} --name NAME --role ROLE"
        )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path.name}: cannot be read ({type(error).__name__})") from error
