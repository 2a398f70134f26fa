"""Stations 3 and 4: the teams are told without a name, the patients in the way that they can read."""

import re

from services.console.screen import line
from services.console.story.checking import check, wait_for
from services.console.story.words import EDNA, TOM, Patient, address_of, name_of
from services.console.story.world import Record, World, links_in

TOMS_ADDRESS = "tom@patients.example.net"
_TWENTY_POINT = re.compile(r"font:\s*20pt|font-size:\s*20pt")


def teams_are_told(world: World, patient: Patient, handover: Record) -> None:
    """Every team that was asked has a mail that leads to the handover and names nobody."""
    for team in sorted(patient.asked):
        [mail, *_] = wait_for(
            f"a mail to {address_of(team)} about {patient.name}'s handover",
            lambda team=team: mails_about(world, team, handover),  # type: ignore[misc]
            bool,
        )
        text = mail["subject"] + mail["body"]
        named = [word for word in (patient.family, patient.nhs_number) if word in text]
        check("a mail that names no patient", named, holds=not named)
        line(f"   {name_of(team)}: “{mail['subject']}”")


def edna_gets_a_letter(world: World) -> None:
    """Edna reads letters in 20 point print, and nothing else."""
    [letter] = wait_for(
        f"one letter for {EDNA.name}",
        lambda: [text for text in world.letters() if EDNA.family.lower() in text.lower()],
        lambda letters: len(letters) == 1,
    )
    check(
        "a letter in 20 point print", letter[:400], holds=_TWENTY_POINT.search(letter) is not None
    )
    line(f"   {EDNA.name}: a letter in 20 point print, in {world.site.letters}")


def tom_gets_a_link(world: World) -> str:
    """Tom reads e-mail: a mail with a private link, which opens his plan. Gives the link."""
    [mail] = wait_for(
        f"one mail to {TOM.name}",
        lambda: world.mails_to(TOMS_ADDRESS),
        lambda mails: len(mails) == 1,
    )
    link = next((found for found in links_in(mail["body"]) if "/p/" in found), "")
    check("a private link in the mail", mail["body"], holds=bool(link))
    plan = world.page(link)
    check("a plan behind the private link", plan[:400], holds="<h1" in plan)
    told = [word for word in (TOM.nhs_number, TOM.family) if word in mail["body"]]
    check("a mail without a name or a number", told, holds=not told)
    line(f"   {TOM.name}: “{mail['subject']}”, an e-mail with a private link")
    return link


def mails_about(world: World, team: str, handover: Record) -> list[Record]:
    """The mails of a team that lead to a handover, oldest first."""
    place = handover["handover_id"]
    return [mail for mail in world.mails_to(address_of(team)) if place in mail["body"]]
