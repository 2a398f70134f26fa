"""What counts as a contact with the patient, from its file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.referral.outbound.data_files import DATA, Entry, read


class MeasuresFile(Entry):
    """`measures.yaml`."""

    contacts: Annotated[tuple[str, ...], Field(min_length=1)]


def read_contacts(folder: Path = DATA) -> tuple[str, ...]:
    """The codes of tasks that are a contact, those of rules among them that a place has switched off. Raises `DataError`."""
    return read(folder / "measures.yaml", MeasuresFile).contacts
