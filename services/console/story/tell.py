"""The story from the first message to the last alert, in order."""

from dataclasses import dataclass

from services.console.screen import line
from services.console.story.answering import the_practice_accepts
from services.console.story.escalating import silence_escalates
from services.console.story.handing_over import one_handover_opens
from services.console.story.sending import the_hospital_speaks
from services.console.story.telling import edna_gets_a_letter, teams_are_told, tom_gets_a_link
from services.console.story.words import EDNA, TOM
from services.console.story.world import World


@dataclass(frozen=True)
class Ending:
    """Where to look at what has happened."""

    handover: str
    private_link: str


def tell(world: World) -> Ending:
    """Play the story and check every station; raises `StoryBroke` at the first one that does not come true."""
    _station(1, "The hospital says what happened, and is answered once it is kept safe.")
    the_hospital_speaks(world)
    _station(2, "Each discharge becomes one handover: what must be done, by whom, by when.")
    edna, tom = one_handover_opens(world, EDNA), one_handover_opens(world, TOM)
    _station(3, "The teams are told, by mails that name no patient.")
    teams_are_told(world, EDNA, edna)
    teams_are_told(world, TOM, tom)
    _station(4, "The patients are told, each in the way that they can read.")
    edna_gets_a_letter(world)
    link = tom_gets_a_link(world)
    _station(5, "The practice accepts, and only now the baton moves.")
    the_practice_accepts(world, edna)
    _station(6, "Silence escalates: nobody sends the discharge summary in time.")
    silence_escalates(world, edna)
    return Ending(f"{world.worklist}/handovers/{edna['handover_id']}", link)


def _station(number: int, sentence: str) -> None:
    line("")
    line(f"{number}. {sentence}", style="bold")
