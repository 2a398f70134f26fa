"""What discharge is made of: wiring only."""

from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from ssl import SSLContext

from fastapi import FastAPI

from schemas.patient_key import patient_key
from services.chassis.database import Database
from services.chassis.kafka_security import options
from services.chassis.pages import Pages
from services.chassis.process import Feed, Parts
from services.chassis.web import Place, create_app
from services.discharge.config import DischargeSettings
from services.discharge.domain.identity import KeyOf
from services.discharge.inbound.api import routes
from services.discharge.inbound.clash_pages import clash_pages
from services.discharge.inbound.demo_people import PEOPLE
from services.discharge.inbound.feed_pages import FEEDS, feed_pages
from services.discharge.inbound.feed_watch import FeedWatch, feed_routes
from services.discharge.inbound.hl7.listener import Limits, MllpListener
from services.discharge.inbound.hl7.tls import tls_context
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.intake_api import intake_api
from services.discharge.inbound.intake_pages import IDENTITY, INTAKE, QUALITY, intake_pages
from services.discharge.inbound.itk3.api import LARGEST_BODY as LARGEST_DOCUMENT
from services.discharge.inbound.itk3.api import PATH as ITK3
from services.discharge.inbound.itk3.api import itk3_routes
from services.discharge.inbound.itk3.folder import MeshFolder
from services.discharge.inbound.kafka.answers import Answers
from services.discharge.inbound.kafka.door import KafkaDoor
from services.discharge.inbound.mending import Readers
from services.discharge.inbound.mending_desk import MendingDesk
from services.discharge.inbound.message_pages import message_pages
from services.discharge.inbound.message_view import MessageView
from services.discharge.inbound.national.door import national_routes
from services.discharge.inbound.national.reading import NationalReader
from services.discharge.inbound.national.record import ORGANISATION
from services.discharge.inbound.profiles.load import read_profiles
from services.discharge.inbound.profiles.profile import Profiles
from services.discharge.outbound.documents import PostgresDocuments
from services.discharge.outbound.event_kinds import read_event_kinds
from services.discharge.outbound.feed_policy import bank_holidays, read_feed_policy
from services.discharge.outbound.feeds import PostgresFeeds
from services.discharge.outbound.keeping import KEEPING
from services.discharge.outbound.messages import PostgresMessages
from services.discharge.outbound.national_events import PostgresNationalEvents
from services.discharge.outbound.patients import PostgresPatients
from services.discharge.outbound.pds import Pds
from services.discharge.outbound.reviews import PostgresReviews
from services.discharge.outbound.spells import PostgresSpells
from services.discharge.usecases.receive_messages import Stores
from services.discharge.usecases.resubmit_message import Bench

TEMPLATES = Path(__file__).parent / "templates"
NAVIGATION = (
    Place("Messages", INTAKE),
    Place("Data quality", QUALITY),
    Place("Sources", FEEDS),
    Place("Identities to check", IDENTITY),
)


def build(settings: DischargeSettings, database: Database) -> Parts:
    """Put the service together."""
    stores, key_of = build_stores(), build_key_of(settings)
    profiles = read_profiles(settings.sources_folder)
    intake = build_intake(settings, database, profiles)
    listener = MllpListener(
        intake,
        settings.mllp_host,
        settings.mllp_port,
        Limits(
            connections=settings.mllp_connections,
            idle_seconds=settings.mllp_idle_seconds,
            frame_seconds=settings.mllp_frame_seconds,
        ),
        _mllp_tls(settings),
    )
    app = create_app(
        "discharge",
        settings,
        "Baton intake",
        larger_bodies={ITK3: LARGEST_DOCUMENT},
        demo_people=() if settings.live else PEOPLE,
        navigation=NAVIGATION,
    )
    app.include_router(routes(intake, version("baton")))
    bench, readers = Bench(stores, PostgresReviews(), key_of), Readers(settings.senders, profiles)
    _show_messages(MendingDesk(database, bench, readers), app)
    app.include_router(itk3_routes(intake, database, stores.documents, settings.senders))
    app.state.health.ready_probes["mllp"] = listener.listens
    parts = Parts(app, loops={"mllp": listener.run, "intake": intake.run}, keeping=KEEPING)
    if settings.mesh_folder:
        mesh = MeshFolder(
            settings.mesh_folder, intake, database, stores.documents, settings.senders
        )
        parts.loops = {**parts.loops, "mesh": mesh.run}
    _hear_the_nation(settings, database, intake, key_of, parts)
    _watch_feeds(database, profiles, parts)
    if settings.intake_topic:
        _listen_on_kafka(settings, intake, parts)
    return parts


def build_intake(settings: DischargeSettings, database: Database, profiles: Profiles) -> Intake:
    """What takes every message in, whatever the door."""
    return Intake(
        database, build_stores(), build_key_of(settings), settings.senders, profiles=profiles
    )


def build_stores() -> Stores:
    """The tables that messages end in."""
    return Stores(PostgresMessages(), PostgresPatients(), PostgresSpells(), PostgresDocuments())


def build_key_of(settings: DischargeSettings) -> KeyOf:
    """What makes a patient's key out of an identifier."""
    return partial(patient_key, settings.site_secret.get_secret_value().encode())


def _show_messages(desk: MendingDesk, app: FastAPI) -> None:
    pages = Pages(TEMPLATES)
    view = MessageView(desk, pages)
    app.include_router(intake_api(desk.database, desk))
    app.include_router(intake_pages(desk.database, desk.bench, pages))
    app.include_router(message_pages(view))
    app.include_router(clash_pages(view))


def _mllp_tls(settings: DischargeSettings) -> SSLContext | None:
    if settings.mllp_tls_certificate is None or settings.mllp_tls_key is None:
        return None
    return tls_context(
        settings.mllp_tls_certificate, settings.mllp_tls_key, settings.mllp_tls_client_ca
    )


def _listen_on_kafka(settings: DischargeSettings, intake: Intake, parts: Parts) -> None:
    every = settings.intake_answers == "all"
    answers = Answers(settings.kafka_bootstrap, every=every, **options(settings))
    parts.feed = Feed(settings.intake_topic, KafkaDoor(intake, answers))
    parts.loops = {**parts.loops, "answers": answers.run}


def _hear_the_nation(
    settings: DischargeSettings, database: Database, intake: Intake, key_of: KeyOf, parts: Parts
) -> None:
    events = PostgresNationalEvents(ORGANISATION)
    ring = None
    if settings.pds_url:
        record = Pds(settings.pds_url, settings.pds_api_key.get_secret_value())
        reader = NationalReader(database, events, record.patient, intake)
        parts.loops = {
            **parts.loops,
            "national": reader.run,
            "national-measure": reader.measure,
            "national-welcome": reader.welcome,
        }
        ring = reader.ring
    parts.app.include_router(national_routes(database, events, read_event_kinds(), key_of, ring))


def _watch_feeds(database: Database, profiles: Profiles, parts: Parts) -> None:
    feeds, policy, year = PostgresFeeds(), read_feed_policy(), datetime.now(UTC).year
    watch = FeedWatch(database, feeds, policy, bank_holidays(year - 1, year + 2), profiles)
    parts.loops = {**parts.loops, "feeds": watch.run}
    parts.app.include_router(feed_routes(database, feeds, policy))
    parts.app.include_router(feed_pages(database, feeds, policy, Pages(TEMPLATES)))
