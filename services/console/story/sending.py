"""Station 1: the hospital speaks, and gets its answers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.console.errors import ConsoleError
from services.console.messages.answer import Answer
from services.console.messages.fresh import freshen
from services.console.messages.message import read_message
from services.console.messages.post import post, way_for
from services.console.screen import line
from services.console.story.checking import check
from services.console.story.world import World

_SAMPLES = Path(__file__).parents[3] / "samples"
_STORY = (
    ("frail-78-a01.hl7", "Edna Hartley, 78, was admitted (HL7 v2 over MLLP)"),
    ("frail-78-a03.hl7", "Edna Hartley went home (HL7 v2 over MLLP)"),
    ("asthma-34-discharge.json", "Tom Baker-Reid, 34, went home after an asthma attack (FHIR)"),
)
_JUST_NOW = timedelta(seconds=1)


def the_hospital_speaks(world: World) -> None:
    """Send what happened, as if it had happened this moment."""
    if not _SAMPLES.is_dir():
        raise ConsoleError(f"the sample messages are not in {_SAMPLES}")
    messages = [read_message(_SAMPLES / name) for name, _ in _STORY]
    fresh = freshen(messages, datetime.now(UTC), ago=_JUST_NOW, new_stay=True)
    for message, (_, what) in zip(fresh, _STORY, strict=True):
        answer = post(message, way_for(message, None), world.site)
        check("an accepted message", _words(answer), holds=answer.accepted)
        line(f"   {what}: {_words(answer)}")


def _words(answer: Answer) -> str:
    return " ".join((answer.code, answer.meaning, *answer.details))
