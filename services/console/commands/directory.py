"""`baton directory`: whether it holds together, what a file would change, and changing it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.console.errors import ConsoleError
from services.console.operations import Operator
from services.console.screen import as_json as print_json
from services.console.screen import line
from services.console.site.state import home, running

_HEADINGS = (("added", "Added"), ("changed", "Changed"), ("closed", "Closed"), ("moved", "Moved"))


def check(*, as_json: bool) -> None:
    """Name what needs a person. Raises `ConsoleError` when there is a fault."""
    problems = Operator(running(home())).directory_check()
    if as_json:
        print_json(problems)
    else:
        _tell_problems(problems)
        if not problems:
            line("The directory holds together.")
    faults = _faults(problems)
    if faults:
        raise ConsoleError(f"{faults} faults in the directory")


def preview(file: Path, *, as_json: bool) -> None:
    """Show what a file would change. Raises `ConsoleError` when it could not be applied."""
    looked = Operator(running(home())).directory_preview(file.name, file.read_bytes())
    if as_json:
        print_json(looked)
    else:
        _tell(looked["preview"])
    faults = _faults(looked["preview"]["problems"])
    if faults:
        raise ConsoleError(f"it cannot be applied: {faults} faults")


def apply(file: Path, *, note: str, yes: bool, as_json: bool) -> None:
    """Show what a file would change, ask, and apply it. Raises `ConsoleError` when nobody agrees."""
    operator, content = Operator(running(home())), file.read_bytes()
    looked = operator.directory_preview(file.name, content)
    if not as_json:
        _tell(looked["preview"])
    faults = _faults(looked["preview"]["problems"])
    if faults:
        raise ConsoleError(f"nothing was changed: {faults} faults")
    if not yes and not _agreed():
        raise ConsoleError("nothing was changed")
    said = operator.directory_import(file.name, content, version=looked["version"], note=note)
    if as_json:
        print_json(said)
        return
    line(
        f"Version {said['version']}: {said['added']} added, {said['changed']} changed, "
        f"{said['closed']} closed, {said['moved']} moved."
    )


def _agreed() -> bool:
    import typer

    return typer.confirm("Apply it?")


def _tell(preview: Mapping[str, Any]) -> None:
    for name, heading in _HEADINGS:
        changes = preview[name]
        if changes:
            line(f"{heading}: {len(changes)}", style="bold")
        for each in changes:
            line(f"  {each['name']} ({each['id']}): {each['words']}")
    if not any(preview[name] for name, _ in _HEADINGS):
        line("The directory says all of this already.")
    _tell_problems(preview["problems"])


def _tell_problems(problems: Sequence[Mapping[str, Any]]) -> None:
    if problems:
        line(f"Needs a person: {len(problems)}", style="bold")
    for each in problems:
        style = "red" if each["fault"] else "yellow"
        line(f"  {'Fault: ' if each['fault'] else ''}{each['sentence']}", style=style)


def _faults(problems: Sequence[Mapping[str, Any]]) -> int:
    return sum(bool(each["fault"]) for each in problems)
