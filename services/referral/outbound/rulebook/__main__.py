"""`python -m services.referral.outbound.rulebook ACT` prints JSON; `baton pathways` runs it."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from services.referral.domain.calendars import LONDON
from services.referral.outbound.data_files import DataError
from services.referral.outbound.rulebook.approve import approve
from services.referral.outbound.rulebook.check import check
from services.referral.outbound.rulebook.compare import compare
from services.referral.outbound.rulebook.diff import diff
from services.referral.outbound.rulebook.explain import explain


def main(arguments: list[str] | None = None) -> int:
    """0 with what was found, whatever it is; 2 with a sentence when nothing could be looked at."""
    parser = argparse.ArgumentParser(prog="pathways")
    parser.add_argument("act", choices=("check", "diff", "explain", "compare", "approve"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--at", type=_instant, help="When the handover opens, local time.")
    parser.add_argument("--name", default="", help="Who approves.")
    parser.add_argument("--role", default="", help="As what.")
    parser.add_argument("--of", default="", help="The digest of what they were shown.")
    given = parser.parse_args(arguments)
    try:
        found = _found(given)
    except DataError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.buffer.write(orjson.dumps(found))
    return 0


def _found(given: argparse.Namespace) -> dict[str, Any]:
    if given.act == "check":
        return check(local=given.folder)
    if given.act == "diff":
        return diff(local=given.folder)
    if given.act == "approve":
        entry = {"name": given.name, "role": given.role, "of": given.of}
        # The wall clock of whoever approves: there is no database here, and nothing is decided by the time.
        return approve(given.folder, entry, datetime.now(UTC).replace(microsecond=0))
    said = orjson.loads(sys.stdin.buffer.read())
    if given.act == "compare":
        return compare(said, given.at, place=given.folder)
    return explain(said, given.at, place=given.folder)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=LONDON)


if __name__ == "__main__":
    sys.exit(main())
