"""`baton down`: end exactly what `baton up` started."""

import shutil

from services.console.screen import line
from services.console.site import state as site_state
from services.console.site.identity import end

_PATIENCE = 90.0


def down() -> None:
    """Ask the runner to end its site; if it was killed, end what it left."""
    folder = site_state.home()
    state = site_state.read(folder)
    if state is None:
        line("Nothing runs here.")
        return
    end(state.runner, grace=_PATIENCE)
    for name in state.processes.values():
        end(name)
    for place in state.folders:
        shutil.rmtree(place, ignore_errors=True)
    site_state.forget(folder)
    line("Everything has ended.")
