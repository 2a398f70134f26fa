"""What a place decides for all pathways together, from `policy.yaml`."""

from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from services.referral.domain.rules import Confidence
from services.referral.outbound.data_files import DATA, Entry, layers, read
from services.referral.outbound.deadline_entries import OffsetEntry

Value = TypeVar("Value")
Limit = Annotated[int, Field(ge=1, le=20)]


class Decided(Entry, Generic[Value]):
    """A number of this place, and where it comes from."""

    value: Value
    source: str
    confidence: Confidence
    says: str


class PolicyFile(Entry):
    """`policy.yaml`."""

    version: str
    complex_from: Decided[Limit]
    redirect_limit: Decided[Limit]
    accept_redirect: Decided[OffsetEntry]
    accept_move: Decided[OffsetEntry]


def read_policy(folder: Path = DATA, local: Path | None = None) -> PolicyFile:
    """The decisions of this place: its own file as a whole, else ours. Raises `DataError`."""
    return read(layers("policy.yaml", folder, local)[-1], PolicyFile)
