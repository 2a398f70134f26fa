"""`baton send`: messages to the discharge service, answers to the screen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.console.errors import ConsoleError
from services.console.messages.fresh import freshen
from services.console.messages.message import read_message
from services.console.messages.post import post, way_for
from services.console.screen import as_json as print_json
from services.console.screen import line
from services.console.site.state import home, running


def send(
    files: Sequence[Path], *, fresh: bool, new_stay: bool, to: str | None, as_json: bool
) -> None:
    """Send the files in order. Raises `ConsoleError` when a message was not accepted."""
    site = running(home())
    messages = [read_message(path) for path in files]
    if fresh or new_stay:
        messages = freshen(messages, datetime.now(UTC), new_stay=new_stay)
    answers = []
    for message in messages:
        way = way_for(message, to)
        answer = post(message, way, site)
        answers.append((message.name, way, answer))
        if not as_json:
            line(f"{message.name} by {way}: {answer.code}, {answer.meaning} ({answer.reference})")
            for detail in answer.details:
                line(f"  {detail}")
    if as_json:
        print_json(
            [
                {"file": name, "way": way, "accepted": said.accepted, "code": said.code}
                | {"reference": said.reference, "details": said.details}
                for name, way, said in answers
            ]
        )
    refused = [name for name, _, said in answers if not said.accepted]
    if refused:
        raise ConsoleError(f"not accepted: {', '.join(refused)}")
