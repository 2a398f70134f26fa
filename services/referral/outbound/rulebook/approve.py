"""A person says that they approve what a place changes of the rules: kept beside the rules, for one exact text."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from services.referral.outbound.approval_file import (
    FILE,
    ApprovalEntry,
    Approvals,
    person,
    read_approvals,
)
from services.referral.outbound.data_files import DATA, DataError, checked
from services.referral.outbound.rulebook.check import check

_HEAD = (
    "# Who approved the rules in this folder, and of which text. `baton pathways approve` writes it; keep it, and the\n"
    "# folder, under version control: whoever may write here could write any name.\n"
)


def approve(
    local: Path, entry: dict[str, Any], at: datetime, folder: Path = DATA
) -> dict[str, Any]:
    """Add an approval to the file. `entry` says `name`, `role` and `of`, the digest of what they were shown.

    Raises `DataError` when the rules have faults, when they changed since they were shown, and when this person has
    approved them already.
    """
    if not read_approvals(local).digest:
        raise DataError("there is nothing to approve: the place changes nothing")
    faults = check(folder, local)["faults"]
    if faults:
        raise DataError(f"not approved, for the rules have faults: {'; '.join(faults)}")
    approvals, said = read_approvals(local), checked(entry | {"at": at}, ApprovalEntry, "approval")
    _may(said, approvals)
    _write(local / FILE, (*approvals.said, said))
    return read_approvals(local).told()


def _may(said: ApprovalEntry, approvals: Approvals) -> None:
    if said.of != approvals.digest:
        raise DataError("not approved: the files changed since they were shown; look again")
    if not person(said.name):
        raise DataError("not approved: a name has letters")
    if person(said.name) in {person(one.name) for one in approvals.present}:
        raise DataError(f"{said.name} has approved this text already; somebody else has to")


def _write(path: Path, said: Sequence[ApprovalEntry]) -> None:
    """The file as a whole or not at all."""
    entries = [one.model_dump(mode="json") for one in said]
    text = yaml.safe_dump({"approvals": entries}, sort_keys=False, allow_unicode=True, width=120)
    new = path.with_name(f".{path.name}.new")
    new.write_text(_HEAD + text, encoding="utf-8")
    new.replace(path)
