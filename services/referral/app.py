"""Wiring: the table of contents of referral."""

from pathlib import Path

from fastapi import FastAPI

from services.chassis.database import Database
from services.chassis.log import get_logger
from services.chassis.pages import Pages
from services.chassis.process import Parts
from services.chassis.web import Place, create_app
from services.referral.config import ReferralSettings
from services.referral.domain.rules import Playbook
from services.referral.domain.waiting import limit_of
from services.referral.inbound.appointment_commands import appointment_commands
from services.referral.inbound.bars.door import bars_door
from services.referral.inbound.bulk_pages import bulk_pages
from services.referral.inbound.clocks import Clocks
from services.referral.inbound.contact_pages import contact_pages
from services.referral.inbound.cover import QueueWatch, cover_of
from services.referral.inbound.desks import Desks
from services.referral.inbound.directory_clock import DirectoryClock
from services.referral.inbound.directory_commands import Registry, directory_commands
from services.referral.inbound.directory_import_pages import directory_import_pages
from services.referral.inbound.directory_pages import directory_pages
from services.referral.inbound.directory_team_pages import DIRECTORY, directory_team_pages
from services.referral.inbound.events import Ears
from services.referral.inbound.fhir_records.doors import fhir_doors
from services.referral.inbound.fhir_records.kinds import Sources
from services.referral.inbound.handover_commands import handover_commands, happening_list
from services.referral.inbound.handover_page import HandoverPage
from services.referral.inbound.handover_pages import handover_pages
from services.referral.inbound.lists import lists
from services.referral.inbound.look_up_pages import RECEPTION, look_up_pages
from services.referral.inbound.measure_pages import MEASURES, measure_pages
from services.referral.inbound.offer_commands import offer_commands
from services.referral.inbound.offer_pages import offer_pages
from services.referral.inbound.owner_commands import owner_commands
from services.referral.inbound.passing_pages import passing_pages
from services.referral.inbound.reception import Reception
from services.referral.inbound.refer_pages import refer_pages
from services.referral.inbound.referral_commands import referral_commands
from services.referral.inbound.referral_lists import referral_lists
from services.referral.inbound.referral_pages import REFERRALS, referral_pages
from services.referral.inbound.result_commands import result_commands
from services.referral.inbound.result_pages import RESULTS, result_pages
from services.referral.inbound.sight import see_with
from services.referral.inbound.taking_pages import taking_pages
from services.referral.inbound.task_commands import task_commands
from services.referral.inbound.task_page import TaskPage
from services.referral.inbound.task_pages import task_pages
from services.referral.inbound.webhook_commands import Webdesks, webhook_commands, webhook_messages
from services.referral.inbound.webhook_post import WebhookPost
from services.referral.inbound.worklist_pages import WAITING, waiting_pages, worklist_pages
from services.referral.outbound.answers_ahead import AnswerTable
from services.referral.outbound.approval_file import read_approvals
from services.referral.outbound.bulks import BulkTables
from services.referral.outbound.calendar_files import read_calendars
from services.referral.outbound.demo_people_file import read_demo_people
from services.referral.outbound.directory_imports import FileEditions
from services.referral.outbound.directory_table import DirectoryTables
from services.referral.outbound.documents import DocumentTable
from services.referral.outbound.fhir_records.deeds import DeedRecords
from services.referral.outbound.fhir_records.referrals import APPOINTMENT_RECORDS, REQUEST_RECORDS
from services.referral.outbound.fhir_records.tasks import TaskRecords
from services.referral.outbound.handover_views import ViewTables
from services.referral.outbound.handovers import HandoverTables
from services.referral.outbound.homes import HomeTables
from services.referral.outbound.keeping import KEEPING
from services.referral.outbound.look_ups import LookUpTables
from services.referral.outbound.measure_tables import MeasureTables
from services.referral.outbound.measures_file import read_contacts
from services.referral.outbound.people import PeopleTable
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.queue_counts import QueueTables
from services.referral.outbound.queue_file import read_queues
from services.referral.outbound.referral_views import ReferralViewTables
from services.referral.outbound.referrals import ReferralTables
from services.referral.outbound.results import ResultTables
from services.referral.outbound.rule_versions import RuleVersionTable
from services.referral.outbound.sights import SightTables
from services.referral.outbound.stays import StayTable
from services.referral.outbound.watch import WatchTables
from services.referral.outbound.webhook_sender import WebhookSender
from services.referral.outbound.webhooks import WebhookTables
from services.referral.outbound.worklist_views import WorklistTables
from services.referral.usecases.deliver_webhooks import Deliveries

SERVICE = "referral"
TEMPLATES = Path(__file__).parent / "templates"
_log = get_logger()


def build(settings: ReferralSettings, database: Database) -> Parts:
    """Everything that runs in a referral process. Raises `DataError` when a data file is wrong."""
    playbook = read_playbook(
        live=settings.live,
        divisor=settings.demo_deadline_divisor,
        local=settings.pathways_folder,
    )
    approvals = read_approvals(settings.pathways_folder)
    if not approvals.enough:
        _log.warning("pathways.not_approved", approvals=len(approvals.present))
    clocks = build_clocks(database, playbook)
    directory_clock = build_directory_clock(database, playbook)
    app = build_app(settings, database, playbook)
    app.state.health.ready_probes["directory"] = directory_clock.ready
    return Parts(
        app,
        build_ears(playbook).subscription,
        timers={**clocks.timers, **directory_clock.timers},
        loops={
            "watch": clocks.watch_for_ever,
            "queues": build_queue_watch(database, playbook).for_ever,
            "directory": directory_clock.follow_for_ever,
            "webhooks": build_webhook_post(settings, database).run,
        },
        keeping=KEEPING,
    )


def build_ears(playbook: Playbook) -> Ears:
    """What listens to events."""
    return Ears(
        HandoverTables(),
        StayTable(),
        PeopleTable(),
        DocumentTable(),
        AnswerTable(),
        ReferralTables(),
        playbook,
    )


def build_clocks(database: Database, playbook: Playbook) -> Clocks:
    """What time brings."""
    return Clocks(
        database, HandoverTables(), WatchTables(), RuleVersionTable(), DocumentTable(), playbook
    )


def build_directory_clock(database: Database, playbook: Playbook) -> DirectoryClock:
    """What keeps the directory at its newest edition and on today's date."""
    return DirectoryClock(
        database,
        DirectoryTables(),
        _editions(playbook),
        HomeTables(),
        HandoverTables(),
        PeopleTable(),
        playbook,
    )


def _editions(playbook: Playbook) -> FileEditions:
    return FileEditions(playbook.directory.file, read_calendars()[0])


def build_webhook_post(settings: ReferralSettings, database: Database) -> WebhookPost:
    """What tells other systems."""
    sender = WebhookSender(anywhere=not settings.live)
    secret = settings.site_secret.get_secret_value().encode()
    return WebhookPost(Deliveries(database, WebhookTables(), sender, secret))


def build_queue_watch(database: Database, playbook: Playbook) -> QueueWatch:
    """What tells the operator how much waits for whom."""
    directory = playbook.directory
    return QueueWatch(database, sorted(directory.teams), read_queues(directory), QueueTables())


def build_app(settings: ReferralSettings, database: Database, playbook: Playbook) -> FastAPI:
    """The routes and pages."""
    directory = playbook.directory
    views, pages = ViewTables(directory.teams), Pages(TEMPLATES)
    desks = Desks(database, HandoverTables(), playbook)
    secret = settings.site_secret.get_secret_value().encode()
    webdesks = Webdesks(database, WebhookTables(), directory, secret, anywhere=not settings.live)
    reception = Reception(desks, ReferralTables(), PeopleTable())
    referral_views = ReferralViewTables(limit_of(playbook))
    demo_people = [] if settings.live else read_demo_people(directory)
    app = create_app(
        SERVICE,
        settings,
        "Baton worklist",
        demo_people=demo_people,
        navigation=(
            Place("Worklist", "/"),
            Place("Waiting for others", WAITING),
            Place("Missing results", RESULTS),
            Place("Referrals", REFERRALS),
            Place("Reception", RECEPTION),
            Place("How long it takes", MEASURES),
            Place("Who there is", DIRECTORY),
        ),
    )
    queues = read_queues(directory)
    registry = Registry(database, DirectoryTables(), _editions(playbook), playbook)
    app.state.cover = cover_of(database, queues, QueueTables())
    names = {person.ref: person.name for person in demo_people}
    see = see_with(database, SightTables())
    task_page = TaskPage(desks, views, pages, names, see)
    register = ResultTables(directory.teams)
    handover_page = HandoverPage(desks, views, register, pages, see)
    for router in (
        lists(database, views),
        directory_commands(registry),
        directory_pages(registry, pages),
        directory_team_pages(registry, pages),
        directory_import_pages(registry, pages),
        handover_commands(desks),
        result_commands(desks, register),
        offer_commands(desks),
        task_commands(desks),
        fhir_doors(
            desks,
            Sources(TaskRecords(), REQUEST_RECORDS, APPOINTMENT_RECORDS, DeedRecords()),
        ),
        bars_door(reception, referral_views, settings.site_secret.get_secret_value().encode()),
        referral_lists(reception, referral_views),
        referral_commands(desks),
        refer_pages(reception, pages),
        referral_pages(desks, referral_views, pages),
        appointment_commands(desks),
        webhook_commands(webdesks),
        webhook_messages(webdesks),
        owner_commands(desks),
        happening_list(playbook),
        worklist_pages(
            database,
            WorklistTables(directory.teams),
            directory,
            pages,
            names,
            queues.out_of_hours,
            WebhookTables(),
        ),
        bulk_pages(desks, WorklistTables(directory.teams), BulkTables(), pages),
        look_up_pages(desks, LookUpTables(), queues, pages),
        waiting_pages(database, views, directory, pages),
        handover_pages(handover_page),
        result_pages(handover_page),
        contact_pages(desks, views, pages),
        measure_pages(
            database,
            MeasureTables(),
            directory,
            read_contacts(),
            pages,
        ),
        passing_pages(desks, views, pages),
        offer_pages(desks, views, pages),
        task_pages(task_page),
        taking_pages(task_page),
    ):
        app.include_router(router)
    return app
