"""Differences are complete and can be read: what is missing, and what is too much."""

from services.rehearsal import comparing

A = {"rule": "R01", "owner": "ward", "due": "Monday", "count": 3}
B = {"rule": "R06", "owner": "practice", "due": "Tuesday"}


def test_only_what_is_written_down_is_compared() -> None:
    assert comparing.whole("tasks", [{"rule": "R01"}, {"rule": "R06"}], [A, B], ("rule",)) == []


def test_what_is_too_much_is_a_difference_where_the_whole_is_expected() -> None:
    assert comparing.whole("tasks", [{"rule": "R01"}], [A, B], ("rule", "due"))[1:] == [
        "  + rule: R06, due: Tuesday"
    ]
    assert comparing.some("tasks", [{"rule": "R01"}], [A, B], ("rule",)) == []


def test_the_most_demanding_row_chooses_first() -> None:
    expected = [{"rule": "R01"}, {"rule": "R01", "due": "Monday"}]
    other = A | {"due": "Friday"}
    assert comparing.whole("tasks", expected, [A, other], ("rule",)) == []


def test_alerts_are_counted_for_those_who_are_named() -> None:
    sent = {"to": "ward", "kind": "opened"}
    other = {"to": "practice", "kind": "opened"}
    assert comparing.counted("alerts", [sent | {"count": 2}], [sent, sent, other], "to") == []
    assert comparing.counted("alerts", [sent], [sent, sent], "to")[1:] == [
        "  + to: ward, kind: opened"
    ]


def test_no_alert_is_a_count_of_nought() -> None:
    none = [{"to": "patient", "count": 0}]
    assert comparing.counted("alerts", none, [], "to") == []
    assert comparing.counted("alerts", none, [{"to": "patient", "kind": "opened"}], "to") != []


def test_history_is_compared_in_its_order() -> None:
    lines = [{"what": "first"}, {"what": "between"}, {"what": "last"}]
    assert comparing.in_order("history", [{"what": "first"}, {"what": "last"}], lines) == []
    assert comparing.in_order("history", [{"what": "last"}, {"what": "first"}], lines) != []


def test_texts_may_be_looked_into() -> None:
    mail = {"to": "patient", "subject": "News", "body": "Ring 01632 960000"}
    assert comparing.fits({"says": "ring", "never_says": ["ward"]}, mail)
    assert not comparing.fits({"never_says": ["ring"]}, mail)
