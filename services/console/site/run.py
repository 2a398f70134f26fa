"""Hold a site open for as long as somebody needs it, and leave nothing behind."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.java import NoJavaHere
from deploy.local.kafka_jars import JarsMissing
from deploy.local.ports import LOOPBACK
from deploy.local.processes import PartDidNotStart
from services.console.errors import ConsoleError
from services.console.site import state as site_state
from services.console.site.identity import name_of
from services.console.site.keys import SERVICES
from services.console.site.local_site import LocalSite, Tell
from services.console.site.lock import only_one
from services.console.site.plan import Plan, choose_ports
from services.console.site.state import SiteState

_ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def open_site(
    folder: Path, tell: Tell, *, kafka: str, any_ports: bool = False, deadline_divisor: int = 1
) -> Iterator[tuple[LocalSite, SiteState]]:
    """A site that is ready; it ends with the block. Being asked to end raises `KeyboardInterrupt` inside.

    Raises `ConsoleError` when the folder has a site already, and with the last words of a part that does not
    come up.
    """
    with only_one(folder), _temporary() as data:
        logs = folder / "logs"
        shutil.rmtree(logs, ignore_errors=True)
        ports = choose_ports(usual=not any_ports)
        plan = Plan(ports, Path(data), logs, kafka=kafka, deadline_divisor=deadline_divisor)
        for name in _ENDS:
            signal.signal(name, _interrupt)
        with _in_one_sentence():
            site = LocalSite(plan, tell)
        try:
            site_state.write(SiteState(ready=False, runner=name_of(os.getpid())), folder)
            with _in_one_sentence():
                site.start()
            state = describe(site)
            site_state.write(state, folder)
            yield site, state
        finally:
            for name in _ENDS:
                signal.signal(name, signal.SIG_IGN)
            site.stop()
            site_state.forget(folder)


def watch(site: LocalSite, folder: Path) -> None:
    """Keep every process up until somebody ends this one; raises `ConsoleError` for one that cannot be."""
    while True:
        time.sleep(0.5)
        with _in_one_sentence():
            again = site.keep_up()
        if again:
            site_state.write(describe(site), folder)


def describe(site: LocalSite) -> SiteState:
    """Everything that another process needs to know of the site."""
    plan = site.plan
    services = {service: {"http": plan.url(service)} for service in SERVICES}
    services["discharge"]["mllp"] = f"{LOOPBACK}:{plan.ports['mllp']}"
    pids: dict[str, int | None] = {process.name: process.child.pid for process in site.watched}
    pids |= {"postgres": site.postgres.pid, "kafka": getattr(site.broker, "pid", None)}
    return SiteState(
        ready=True,
        runner=name_of(os.getpid()),
        processes={name: name_of(pid) for name, pid in pids.items() if pid},
        services=services,
        kafka=site.broker.bootstrap,
        postgres=site.postgres.superuser_dsn("baton"),
        mail=plan.url("mail"),
        console=plan.url("console"),
        letters=str(plan.letters),
        logs=str(plan.logs),
        folders=[str(plan.data), str(site.postgres.data_dir)],
        token=plan.keys.token,
        described={"kafka": site.broker.describe(), "postgres": site.postgres.describe()},
    )


def _temporary() -> TemporaryDirectory[str]:
    # Not in the home: a runtime folder may be too small for a database.
    return TemporaryDirectory(prefix="baton-site-", ignore_cleanup_errors=True)


def _interrupt(number: int, _frame: object) -> None:
    raise KeyboardInterrupt(number)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """What the parts say when they cannot start is for the person at the command line."""
    try:
        yield
    except (PartDidNotStart, JarsMissing, NoJavaHere, ValueError) as error:
        raise ConsoleError(str(error)) from error
