"""`baton pathways check`, `explain` and `diff`: rule files tried before they are used."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.console.errors import ConsoleError
from services.console.screen import as_json as print_json
from services.console.screen import line

# Services of their own read: the console and the services do not import each other.
_RULES = "services.referral.outbound.rulebook"
_FACTS = "services.discharge.inbound.onboarding.facts"


def check(*, folder: Path | None, as_json: bool) -> None:
    """Say what is wrong with the rule files. Raises `ConsoleError` when something is."""
    found = json.loads(_run(_RULES, "check", *_folder(folder)))
    faults = found["faults"]
    if as_json:
        print_json(found)
    else:
        for fault in faults:
            line(fault, style="red")
        if found["rules"]:
            line(_count(found), style="bold")
        for rule, reason in found["off"].items():
            line(f"  {rule} is switched off: {reason}")
    if faults:
        raise ConsoleError(f"{len(faults)} faults" if len(faults) > 1 else "1 fault")


def diff(*, folder: Path | None, as_json: bool) -> None:
    """Say what the place changed of the national rules, field by field."""
    found = json.loads(_run(_RULES, "diff", *_folder(folder)))
    if as_json:
        print_json(found)
        return
    for rule in found["off"]:
        line(f"{rule['rule']} is switched off: {rule['title']}", style="yellow")
        line(f"  because: {rule['reason']}")
    for rule in found["added"]:
        line(f"{rule['rule']} is added: {rule['title']}", style="green")
        line(f"  version {rule['version']}, {rule['source']} (confidence {rule['confidence']})")
    for rule in found["changed"]:
        line(f"{rule['rule']} is changed: {rule['title']}", style="bold")
        for field in rule["fields"]:
            before, after = field["from"] or "(not said)", field["to"] or "(not said)"
            line(f"  {field['field']}: {before}  →  {after}")
    for rule_id in found["same"]:
        line(f"{rule_id} says what the national rule says")
    if not any(found.values()):
        line("The place changes nothing.")


def explain(
    message: Path, *, at: str, folder: Path | None, sources: Path | None, as_json: bool
) -> None:
    """Say what the rules make of a message."""
    facts = _run(_FACTS, *(["--sources", str(sources)] if sources else []), "--", str(message))
    when = ["--at", at] if at else []
    found = json.loads(_run(_RULES, "explain", *when, *_folder(folder), given=facts))
    if as_json:
        print_json(found)
        return
    line("Seen: " + ", ".join(f"{name} {value}" for name, value in found["seen"].items()))
    line(f"Handover opened {found['opened_at']}, {found['trigger']}")
    line("")
    line(f"{len(found['fired'])} rules fire", style="bold")
    for rule in found["fired"]:
        _tell_fired(rule)
    line("")
    line(f"{len(found['did_not_fire'])} do not", style="bold")
    for rule in found["did_not_fire"]:
        line(f"  {rule['rule']:<16} {rule['title']}")
        for why in rule["why"]:
            line(f"                   needs {why}")
    line("")
    line(f"{len(found['wait'])} begin with something else", style="bold")
    for rule in found["wait"]:
        line(f"  {rule['rule']:<22} {rule['for']}")
    for rule_id, reason in found["off"].items():
        line(f"{rule_id} is switched off here: {reason}", style="yellow")


def _tell_fired(rule: Mapping[str, Any]) -> None:
    line(f"  {rule['rule']} {rule['version']}  {rule['title']}", style="green")
    instead = f" (in place of {rule['instead_of']})" if rule["instead_of"] else ""
    line(f"      owner     {rule['owner']}{instead}, {rule['priority']}")
    span = f"{rule['not_before']} to " if rule["not_before"] else ""
    line(f"      due       {span}{rule['due']}")
    line(f"      working   {rule['working']}")
    line(f"      source    {rule['source']} (confidence {rule['confidence']})")
    for said in rule["local_defaults"]:
        line(f"      local default, unverified: {said}", style="yellow")
    line(f"      because   {rule['because']}")


def _count(found: Mapping[str, Any]) -> str:
    own = f", {found['local']} of the place" if found["local"] else ""
    off = f", {len(found['off'])} switched off" if found["off"] else ""
    sound = "nothing is wrong" if not found["faults"] else "not to be used like this"
    return f"{found['rules']} rules{own}{off}: {sound}"


def _folder(folder: Path | None) -> list[str]:
    return ["--folder", str(folder)] if folder else []


def _run(module: str, *arguments: str, given: bytes = b"") -> bytes:
    command: Sequence[str] = (sys.executable, "-m", module, *arguments)
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        usable = done.returncode == 2 and said
        raise ConsoleError(said[-1] if usable else "the rules could not be looked at")
    return done.stdout
