"""Agreements about long queues: who helps whom, and files that cannot be used."""

import pytest

from services.referral.domain.queues import Queue, Queues
from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.queue_file import read_queues
from tests.unit.referral.builders import a_playbook

DIRECTORY = a_playbook().directory


def test_a_team_helps_those_it_is_deputy_for_and_not_itself():
    queues = Queues.of([Queue("a", 5, "b"), Queue("b", 5, "a"), Queue("c", 5, "a")])

    assert [queue.team for queue in queues.to_help(frozenset({"a"}))] == ["b", "c"]
    assert [queue.team for queue in queues.to_help(frozenset({"a", "b"}))] == ["c"]


def test_the_agreements_of_this_site_name_teams_of_its_directory():
    queues = read_queues(DIRECTORY, DATA)

    assert queues.by_team
    assert queues.out_of_hours <= set(DIRECTORY.teams)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "queues: [{team: nobody-X, limit: 5, deputy: hub-ZTA}]\nout_of_hours: []",
            "no team 'nobody-X'",
        ),
        (
            "queues: [{team: hub-ZTA, limit: 5, deputy: hub-ZTA}]\nout_of_hours: []",
            "cannot help itself",
        ),
        (
            "queues: [{team: hub-ZTA, limit: 0, deputy: ucr-ZTC}]\nout_of_hours: []",
            "queues.0.limit",
        ),
        ("queues: []\nout_of_hours: [nobody-X]", "out_of_hours: no team 'nobody-X'"),
    ],
)
def test_an_agreement_that_cannot_be_kept_is_named(tmp_path, text, says):
    (tmp_path / "queues.yaml").write_text(text)

    with pytest.raises(DataError, match=says):
        read_queues(DIRECTORY, tmp_path)
