"""`baton demo`: a site of its own, and the story told live."""

import os
import sys
import webbrowser

from services.console.commands.up import tell_places
from services.console.errors import ConsoleError
from services.console.screen import line
from services.console.site.run import open_site, watch
from services.console.site.state import SiteState, home
from services.console.story.tell import Ending, tell
from services.console.story.world import World

DIVISOR = 5760
"""A day of the rules lasts fifteen seconds."""


def demo(*, once: bool, kafka: str, any_ports: bool, browse: bool) -> None:
    """Start, tell, and stay until somebody ends it. Raises `ConsoleError` when the story does not come true."""
    folder = home()
    line("Baton, with made-up people. A day of the rules lasts 15 seconds here: every deadline is")
    line(f"brought {DIVISOR:,} times nearer to where it starts, and nothing else is changed.")
    line("")
    try:
        with open_site(
            folder, line, kafka=kafka, any_ports=any_ports, deadline_divisor=DIVISOR
        ) as (site, state):
            ending = _tell(state)
            if once:
                return
            _tell_where(state, ending)
            if browse and _has_screen():
                webbrowser.open(state.services["referral"]["http"])
            line("Ctrl-C ends it.")
            watch(site, folder)
    except KeyboardInterrupt:
        line("Everything has ended.")
        if once:
            raise ConsoleError("ended before the story was told") from None


def _tell(state: SiteState) -> Ending:
    ending = tell(World(state))
    line("")
    line("The story came true.", style="bold")
    return ending


def _tell_where(state: SiteState, ending: Ending) -> None:
    tell_places(state)
    line(f"{'Edna’s handover:':<19}{ending.handover}")
    line(f"{'Tom’s own page:':<19}{ending.private_link}")
    line(f"{'Letters:':<19}{state.letters}")


def _has_screen() -> bool:
    shown = sys.platform == "darwin" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    return bool(shown) and sys.stdout.isatty()
