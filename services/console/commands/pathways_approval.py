"""`baton pathways approve` and what it shows first: what a place changed, and who stands for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.console.commands.pathways_rules import rules
from services.console.errors import ConsoleError
from services.console.screen import as_json as print_json
from services.console.screen import line


def diff(*, folder: Path | None, as_json: bool) -> None:
    """Say what the place changed of the national rules, field by field."""
    found = rules("diff", folder=folder)
    if as_json:
        print_json(found)
    else:
        _tell_changes(found)
        tell_approvals(found["approvals"])


def approve(name: str, role: str, *, folder: Path | None, yes: bool, as_json: bool) -> None:
    """Show the changes, ask, and keep the approval. Raises `ConsoleError` when it cannot be given."""
    found = rules("diff", folder=folder)
    if not as_json:
        _tell_changes(found)
    if not yes and not _agreed(name):
        raise ConsoleError("nothing was approved")
    said = ["--name", name, "--role", role, "--of", found["approvals"]["of"]]
    approvals = rules("approve", *said, folder=folder)
    if as_json:
        print_json(approvals)
    else:
        tell_approvals(approvals)


def tell_approvals(approvals: Mapping[str, Any]) -> None:
    """Who approved what, and whether that is enough; nothing where a place changes nothing."""
    if not approvals["of"]:
        return
    for one in approvals["earlier"]:
        line(f"  of an earlier text: {_person(one)}")
    for one in approvals["present"]:
        line(f"  approved by {_person(one)}")
    count = (
        f"{len(approvals['present'])} of {approvals['needed']} approvals of the text as it is now"
    )
    if approvals["enough"]:
        line(count, style="green")
    else:
        line(f"{count}: a live site does not start with it", style="yellow")


def _agreed(name: str) -> bool:
    import typer

    return typer.confirm(f"Do you, {name}, approve all of this?")


def _person(one: Mapping[str, Any]) -> str:
    return f"{one['name']}, {one['role']}, {one['at'][:10]} {one['at'][11:16]} UTC"


def _tell_changes(found: Mapping[str, Any]) -> None:
    for rule in found["off"]:
        line(f"{rule['rule']} is switched off: {rule['title']}", style="yellow")
        line(f"  because: {rule['reason']}")
    for rule in found["added"]:
        line(f"{rule['rule']} is added: {rule['title']}", style="green")
        _tell_fields(rule["fields"], new=True)
    for rule in found["changed"]:
        line(f"{rule['rule']} is changed: {rule['title']}", style="bold")
        _tell_fields(rule["fields"], new=False)
    for rule_id in found["same"]:
        line(f"{rule_id} says what the national rule says")
    for one in found["beside"]:
        what = "added" if one["added"] else "changed"
        line(f"{one['entry']} is {what} ({one['file']})", style="bold")
        _tell_fields(one["fields"], new=one["added"])
    if not any(found[what] for what in ("off", "added", "changed", "same", "beside")):
        line("The place changes nothing.")


def _tell_fields(fields: Sequence[Mapping[str, str]], *, new: bool) -> None:
    for field in fields:
        before, after = field["from"] or "(not said)", field["to"] or "(not said)"
        line(f"  {field['field']}: {after if new else f'{before}  →  {after}'}")
