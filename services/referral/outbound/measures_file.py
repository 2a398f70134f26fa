"""What counts as a contact with the patient, from its file."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.referral.outbound.data_files import DATA, DataError, Entry, read


class MeasuresFile(Entry):
    """`measures.yaml`."""

    contacts: Annotated[tuple[str, ...], Field(min_length=1)]


def read_contacts(codes: Collection[str], folder: Path = DATA) -> tuple[str, ...]:
    """The codes of tasks that are a contact. Raises `DataError` for one that no rule makes."""
    said = read(folder / "measures.yaml", MeasuresFile)
    for place, code in enumerate(said.contacts):
        if code not in codes:
            raise DataError(f"measures.yaml: contacts.{place}: no rule makes a task {code!r}")
    return said.contacts
