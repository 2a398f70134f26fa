"""`baton sources check`: how a hospital's messages would be read, before anything is connected."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.console.errors import ConsoleError
from services.console.screen import as_json as print_json
from services.console.screen import line

# A service of its own reads: the console and the services do not import each other.
_READER = "services.discharge.inbound.onboarding"
_HEADINGS = (
    ("events", "Events"),
    ("profiles", "Profiles"),
    ("flags", "Flags, by number of messages"),
    ("ignored_segments", "Segments that no profile names"),
    ("ignored_fields", "Fields that hold something and that no profile names"),
)


def check(
    paths: Sequence[Path],
    *,
    profile: str | None,
    folder: Path | None,
    show_values: bool,
    as_json: bool,
) -> None:
    """Read and report. Raises `ConsoleError` when a message would be refused, or nothing could be read."""
    found = _read(paths, profile, folder, show_values=show_values)
    if as_json:
        print_json(found)
    else:
        for message in found["messages"]:
            _tell_message(message)
        _tell_report(found["report"])
    refused = len(found["report"]["refused"])
    if refused:
        raise ConsoleError(f"{refused} of {found['report']['messages']} would be refused")
    if not found["messages"]:
        raise ConsoleError("there is no HL7 v2 message in what was given")


def _read(
    paths: Sequence[Path], profile: str | None, folder: Path | None, *, show_values: bool
) -> Any:
    command = [sys.executable, "-m", _READER]
    command += ["--profile", profile] if profile else []
    command += ["--sources", str(folder)] if folder else []
    command += ["--show-values"] if show_values else []
    done = subprocess.run([*command, "--", *map(str, paths)], capture_output=True, check=False)
    if done.returncode != 0:
        said = (
            done.stderr.decode("utf-8", "replace").strip().splitlines()
            if done.returncode == 2
            else []
        )
        raise ConsoleError(said[-1] if said else "the messages could not be read")
    return json.loads(done.stdout)


def _tell_message(message: Mapping[str, Any]) -> None:
    answer = message["answer"]
    what = f"{message['event'] or '?'} from {message['sender']}, profile {message['profile']}"
    line(f"{message['file']} ({message['number']}): {what}", style="bold")
    if message["happening"]:
        when = f" at {message['happened_at']}" if message["happened_at"] else ""
        line(f"  {answer['code']}: {message['happening']}{when}")
    else:
        line(f"  {answer['code']} at {answer['place'] or 'the message'}: {answer['text']}")
    for field in message["fields"]:
        meant = f", read as {field['read_as']}" if "read_as" in field else ""
        line(f"  {field['field']:<16} {field['place']:<8} {field['value']}{meant}")
    if message["flags"]:
        line(f"  flags: {', '.join(message['flags'])}", style="yellow")


def _tell_report(report: Mapping[str, Any]) -> None:
    line("")
    line(f"{report['messages']} messages, {report['accepted']} would be accepted", style="bold")
    for name, heading in _HEADINGS:
        _tell_counts(heading, report[name])
    codes = {f"{each['place']} {each['value']}": each["count"] for each in report["unknown_codes"]}
    _tell_counts("Codes on no list", codes)
    guesses = {f"{each['place']} {each['what']}": each["count"] for each in report["looks_like"]}
    _tell_counts("Not read, and looks like", guesses)
    if report["refused"]:
        line("Would be refused:")
    for each in report["refused"]:
        place = each["place"] or "the message"
        line(f"  {each['file']} ({each['number']}): {each['code']} at {place}: {each['text']}")
    for skipped in report["skipped_files"]:
        line(f"Skipped, no HL7 v2: {skipped}")


def _tell_counts(heading: str, counts: Mapping[str, int]) -> None:
    if counts:
        line(f"{heading}: " + ", ".join(f"{name} ({count})" for name, count in counts.items()))
