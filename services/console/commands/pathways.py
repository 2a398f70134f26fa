"""`baton pathways check` and `explain`: rule files tried before they are used."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.console.commands.pathways_approval import tell_approvals
from services.console.commands.pathways_rules import facts, rules
from services.console.errors import ConsoleError
from services.console.screen import as_json as print_json
from services.console.screen import line


def check(*, folder: Path | None, as_json: bool) -> None:
    """Say what is wrong with the rule files. Raises `ConsoleError` when something is."""
    found = rules("check", folder=folder)
    faults = found["faults"]
    if as_json:
        print_json(found)
    else:
        for fault in faults:
            line(fault, style="red")
        for note in found["notes"]:
            line(note, style="yellow")
        if found["rules"]:
            line(_count(found), style="bold")
        for rule, reason in found["off"].items():
            line(f"  {rule} is switched off: {reason}")
        if found["approvals"]:
            tell_approvals(found["approvals"])
    if faults:
        raise ConsoleError(f"{len(faults)} faults" if len(faults) > 1 else "1 fault")


def explain(
    message: Path, *, at: str, folder: Path | None, sources: Path | None, as_json: bool
) -> None:
    """Say what the rules make of a message."""
    when = ["--at", at] if at else []
    [seen] = facts([message], sources)
    found = rules("explain", *when, folder=folder, given=seen["facts"])
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
