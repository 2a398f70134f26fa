"""Whether a service takes a referral like this one, before it is sent there or passed on (A13)."""

from services.referral.domain.directory import Team
from services.referral.domain.referral import Referral
from services.referral.domain.referral_errors import ServiceDoesNotSuit
from services.referral.domain.rules import Playbook


def must_suit(playbook: Playbook, referral: Referral, team: Team, sender_team: str) -> None:
    """Raises `ServiceDoesNotSuit`, naming every reason. What is not known of the patient counts against nobody."""
    directory = playbook.directory
    sender = directory.teams.get(sender_team)
    reasons = directory.suits(
        team,
        age=referral.age,
        specialty=referral.specialty,
        place=sender.place if sender else "",
    )
    if reasons:
        raise ServiceDoesNotSuit(". ".join(reasons) + ".")
