"""Documents in words: a line on the handover's page, the whole text for whoever must read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.access import Actor, Role
from services.chassis.pages import when
from services.referral.domain.directory import Directory
from services.referral.usecases.document_records import DocumentView, SectionView
from services.referral.usecases.views import TaskView

PLAN = "887201000000105"
"""SNOMED CT heading: plan and requested actions."""
_STATES: Mapping[str, Mapping[str, str]] = {
    "current": {"text": "Current", "colour": "green"},
    "replaced": {"text": "Replaced by a newer one", "colour": "grey"},
    "withdrawn": {"text": "Taken back by the hospital", "colour": "grey"},
}


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """A document that somebody must read."""

    title: str
    sender: str
    written: str
    attachments: int
    state: Mapping[str, str]
    is_current: bool
    replaces: bool
    plan: tuple[SectionView, ...]
    """What it asks for, in the hospital's own words; empty when it has no such heading."""
    others: tuple[SectionView, ...]


def document_card(task: TaskView, actor: Actor, directory: Directory) -> DocumentCard | None:
    """The text, for the team that must read it and for no other; a task that is still offered shows none."""
    document = task.document
    reads = Role.TEAM in actor.roles and actor.serves(task.owner_team)
    if document is None or not reads or task.status == "requested":
        return None
    return DocumentCard(
        title=document.title or "Document",
        sender=_name(document.sender, directory),
        written=when(document.authored_at),
        attachments=document.attachments,
        state=_STATES[document.state],
        is_current=document.state == "current",
        replaces=document.replaces is not None,
        plan=tuple(one for one in document.sections if one.code == PLAN),
        others=tuple(one for one in document.sections if one.code != PLAN),
    )


def document_row(document: DocumentView, directory: Directory) -> dict[str, Any]:
    """That there is a document, who wrote it and for whom; nothing of what it says."""
    return {
        "title": document.title or "Document",
        "sender": _name(document.sender, directory),
        "written": when(document.authored_at),
        "why": "For action" if document.for_action else "For information",
        "recipient": _name(document.recipient, directory),
        "state": _STATES[document.state],
    }


def _name(organisation: str, directory: Directory) -> str:
    """The team that stands for an organisation; its code where the directory knows none."""
    teams = (team.name for team in directory.teams.values() if team.organisation == organisation)
    return next(teams, organisation or "Not named")
