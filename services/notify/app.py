"""Wiring: the table of contents of notify."""

from pathlib import Path

from services.chassis.database import Database
from services.chassis.pages import Pages
from services.chassis.process import Loop, Parts
from services.chassis.web import Place, create_app
from services.notify.config import NotifySettings
from services.notify.domain.alert import Channel
from services.notify.inbound.api import alerts_api
from services.notify.inbound.delivery import DeliveryWorker
from services.notify.inbound.events import Ears
from services.notify.inbound.pages import INBOX, inbox_pages
from services.notify.inbound.patient_door import PatientDoor
from services.notify.inbound.patient_page import patient_page
from services.notify.outbound import (
    alerts,
    deliveries,
    digests,
    inbox,
    links,
    people,
    plans,
    queue,
    recalls,
    replies,
    teams,
)
from services.notify.outbound.keeping import KEEPING
from services.notify.outbound.letters import Letters
from services.notify.outbound.mail import Mail, MailServer
from services.notify.outbound.messages import TemplateFolder
from services.notify.outbound.site_data import (
    DATA,
    read_banned_lists,
    read_demo_people,
    read_policy_file,
    read_reasons,
    read_site,
    read_states,
    read_task_words,
)
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Stores

SERVICE = "notify"
TEMPLATES = Path(__file__).parent / "templates"
STORES = Stores(
    people, plans, alerts, queue, deliveries, links, inbox, recalls, digests, teams, replies
)


def build(settings: NotifySettings, database: Database) -> Parts:
    """Everything that runs in a notify process."""
    desk = build_desk(settings)
    pages = Pages(TEMPLATES)
    app = create_app(
        SERVICE,
        settings,
        "Baton alerts",
        demo_people=[] if settings.live else read_demo_people(desk.site.teams),
        navigation=(Place("Alerts", INBOX), Place("Worklist", settings.staff_url)),
    )
    app.include_router(alerts_api(database, STORES))
    app.include_router(inbox_pages(database, STORES, desk, pages))
    door = PatientDoor(database, STORES, desk, pages)
    # Before the sign-in: on their own page a member of staff is the patient whose link they hold.
    app.state.recognisers.insert(0, door.recognise)
    app.include_router(patient_page(door))
    loops: dict[str, Loop] = {}
    if settings.delivery == "on":
        worker = build_worker(settings, database, desk)
        loops |= {"delivery": worker.run, "delivery-measure": worker.measure}
    ears = Ears(STORES, desk.site.policy.budget)
    return Parts(app, ears.subscription, loops=loops, keeping=KEEPING)


def build_desk(settings: NotifySettings) -> Desk:
    """What writing messages needs, read from the data files."""
    banned = read_banned_lists()
    return Desk(
        site=read_site(
            live=settings.live,
            quiet=settings.quiet_hours == "on",
            settling_seconds=settings.settling_seconds,
        ),
        messages=TemplateFolder(DATA / "messages", banned),
        words=read_task_words(),
        reasons=read_reasons(banned),
        states=read_states(),
        help=read_policy_file().help_line,
        public_url=settings.public_url,
        staff_url=settings.staff_url,
    )


def build_worker(settings: NotifySettings, database: Database, desk: Desk) -> DeliveryWorker:
    """The worker with its ways out."""
    password = settings.smtp_password
    mail = Mail(
        MailServer(
            settings.smtp_host,
            settings.smtp_port,
            settings.mail_from,
            settings.smtp_security,
            settings.smtp_user or None,
            password.get_secret_value() if password else None,
        )
    )
    letters = Letters(settings.letter_folder)
    return DeliveryWorker(database, STORES, desk, {Channel.EMAIL: mail, Channel.LETTER: letters})
