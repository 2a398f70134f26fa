"""`baton pathways compare`: what the rules of a place would do otherwise, patient by patient."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.console.commands.pathways_rules import facts, rules
from services.console.screen import as_json as print_json
from services.console.screen import line

_SAMPLES = Path(__file__).parents[3] / "samples"
_STYLES = {"appears": "green", "vanishes": "yellow", "changes": "bold"}


def compare(
    messages: Sequence[Path],
    *,
    at: str,
    folder: Path | None,
    sources: Path | None,
    as_json: bool,
) -> None:
    """Play the messages, or the samples, by both books of rules, with somebody made up for each rule that changed."""
    when = ["--at", at] if at else []
    seen = facts(messages, sources) if messages else _samples(sources)
    found = rules("compare", *when, folder=folder, given=seen)
    if as_json:
        print_json(found)
        return
    for one in found["messages"]:
        _tell(one["case"], one)
    for one in found["made_up"]:
        _tell(f"Made up: {one['case']}", one)
    for rule_id in found["same"]:
        line(f"{rule_id} says something else, and asks for the same of everybody who was tried")
    if not found["made_up"] and not found["same"]:
        line("The place changes nothing that is asked for.")


def _samples(sources: Path | None) -> Any:
    kept = (path for path in _SAMPLES.glob("*") if path.suffix in (".hl7", ".json", ".xml"))
    files = sorted(kept)
    return facts(files, sources, skip=True) if files else []


def _tell(who: str, one: Mapping[str, Any]) -> None:
    if not one["differences"]:
        line(f"{who}: nothing differs")
        return
    line(f"{who} (handover opened {one['opened_at']})")
    for each in one["differences"]:
        begins = f", if: {each['if']}" if each["if"] else ""
        line(
            f"  {each['rule']} {each['what']}: {each['title']}{begins}", style=_STYLES[each["what"]]
        )
        for field in each["fields"]:
            if each["what"] == "changes":
                said = f"{field['from'] or '(nothing)'}  →  {field['to'] or '(nothing)'}"
            else:
                said = field["to"] or field["from"]
            line(f"      {field['field']:<14} {said}")
