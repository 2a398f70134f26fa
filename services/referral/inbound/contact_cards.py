"""The patient's single point of contact as a page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.referral.domain.directory import Directory
from services.referral.inbound.words import Tag
from services.referral.usecases.views import WholeView

_STATES: Mapping[str, Tag] = {
    "missing": Tag("Nobody named", "red"),
    "proposed": Tag("Proposed", "yellow"),
    "chosen": Tag("Chosen by the patient", "green"),
}


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Whom the patient asks for."""

    text: str
    phone: str
    state: Tag | None
    """None: this handover needs no named person; its coordinating team is enough."""


def contact_card(whole: WholeView, directory: Directory) -> ContactCard:
    """Who it is, or who is accountable for there being nobody."""
    team = directory.name_of(whole.coordinator_team)
    if whole.coordinator_state == "missing":
        return ContactCard(
            f"{team} has to name somebody: several teams look after this patient.",
            "",
            _STATES["missing"],
        )
    if not whole.coordinator_name:
        return ContactCard("", "", None)
    where = directory.name_of(whole.coordinator_at)
    return ContactCard(
        f"{whole.coordinator_name}, {where}",
        whole.coordinator_phone,
        _STATES.get(whole.coordinator_state),
    )
