"""Who a rule asks though nobody could ever be found: roles that no team has, or none where the rule looks for them."""

from collections.abc import Iterator

from services.referral.domain.directory import Directory
from services.referral.domain.organisations import Kind, Team
from services.referral.domain.rules import Asked, Rule, Whose

_NEED_NO_ROLE = frozenset({"coordinator", "service", "sender"})
_OF_DISCHARGES = ("spell.", "patient.died_in_hospital")
_LOOKED_FOR_IN: dict[Whose, Kind] = {
    "registered-practice": "gp-practice",
    "nominated-pharmacy": "pharmacy",
}


def nobody(rule: Rule, directory: Directory) -> Iterator[tuple[str, str]]:
    """Every role that leads to nobody: the field, and what is wrong."""
    asked = [(f"task.fallback.{place}", one) for place, one in enumerate(rule.fallback)]
    asked += [("task.cover", rule.cover)] if rule.cover else []
    for field, one in (("task.owner", rule.owner), *asked):
        if not one.role and (field != "task.owner" or one.of not in _NEED_NO_ROLE):
            yield field, f"whose is said ({one.of}), but not which role"
        elif why := _never(one, rule.trigger):
            yield field, f"{one.of} leads to nobody: {why}"
        elif one.role:
            yield from ((field, fault) for fault in _unheld(one, directory))
    for step in rule.ladder:
        for one in step.to:
            if one.role:
                yield from ((f"escalate {step.at}", fault) for fault in _unheld(one, directory))


def roles_of(directory: Directory) -> frozenset[str]:
    """Every role that some team has."""
    return frozenset(team.role for team in directory.teams.values())


def _never(asked: Asked, trigger: str) -> str:
    if asked.of == "owner" and trigger != "offer.redirected-too-often":
        return "a task has no owner before somebody is asked"
    if asked.of == "document-recipient" and trigger != "document.received":
        return f"{trigger} brings no document"
    if asked.of in ("referrer", "service") and trigger.startswith(_OF_DISCHARGES):
        return f"{trigger} is not about a referral"
    if asked.of == "nominated-pharmacy" and trigger.startswith("referral."):
        return f"{trigger} names no pharmacy"
    return ""


def _unheld(asked: Asked, directory: Directory) -> Iterator[str]:
    held = [team for team in directory.teams.values() if team.role == asked.role]
    kind = _LOOKED_FOR_IN.get(asked.of)
    if not held:
        yield f"no team of the directory has the role {asked.role!r}"
    elif not any(directory.is_open(one.id) or directory.follower_of(one.id) for one in held):
        yield f"every team with the role {asked.role!r} has closed, and nobody follows it"
    elif asked.of == "place" and not any(team.place for team in held):
        yield f"no place has the role {asked.role!r}"
    elif kind and not any(_is(team, kind, directory) for team in held):
        yield f"no {asked.of} has the role {asked.role!r}"


def _is(team: Team, kind: Kind, directory: Directory) -> bool:
    owner = directory.organisations.get(team.organisation)
    return owner is None or owner.kind == kind
