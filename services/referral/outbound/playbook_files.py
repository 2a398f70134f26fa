"""The playbook of this site, put together from all its data files."""

from pathlib import Path

from services.referral.domain.rules import Playbook
from services.referral.outbound.approval_file import must_be_approved
from services.referral.outbound.calendar_files import read_calendars
from services.referral.outbound.condition_entries import read_value_sets
from services.referral.outbound.data_files import DATA
from services.referral.outbound.directory_file import read_directory
from services.referral.outbound.happening_files import read_happenings
from services.referral.outbound.policy_file import read_policy
from services.referral.outbound.rule_folders import read_rules


def read_playbook(
    *, live: bool, divisor: int = 1, folder: Path = DATA, local: Path | None = None
) -> Playbook:
    """Everything that is data and decides. Raises `DataError`, which names the file and the field.

    `local` is a folder of the place whose files add to the rules, replace them or switch them off; a
    live site takes them only when enough people have approved them. `divisor` brings deadlines nearer, for
    demonstrations; settings refuse it when live.
    """
    if live:
        must_be_approved(local)
    calendars, holidays = read_calendars(folder)
    policy, happenings = read_policy(folder, local), read_happenings(folder, local)
    return Playbook(
        rules=read_rules(read_value_sets(folder, local), happenings, folder, local),
        directory=read_directory(calendars, folder),
        holidays=holidays,
        live=live,
        divisor=divisor,
        complex_from=policy.complex_from.value,
        happenings=happenings.titles,
        said_by=happenings.said_by,
        redirect_limit=policy.redirect_limit.value,
        accept_redirect=policy.accept_redirect.value.counting(),
        accept_move=policy.accept_move.value.counting(),
    )
