"""The bench of the intake: every message that it counts was read, answered and, where it says so, stored."""

from bench.intake import reading, storing
from bench.intake.house import open_house


def test_what_was_answered_over_either_door_is_stored(tmp_path):
    with open_house(tmp_path, 8) as house:
        hl7 = storing.over_mllp(house, 0, 60, 8)
        bundles = storing.over_http(house, 60, 40, 4)

        assert (hl7.messages, bundles.messages) == (60, 40)
        assert house.stored() == 100
        assert 0 < hl7.p50_ms <= hl7.p99_ms
        assert min(hl7.per_second, bundles.per_second, hl7.cpu_ms) > 0


def test_reading_is_counted_and_memory_looked_at_on_the_way():
    messages = reading.different_hl7()[:200]

    assert reading.read(reading.answer_hl7, messages, 0.1).per_second > 0
    assert reading.read(reading.answer_fhir, reading.different_bundles()[:200], 0.1).per_second > 0
    memory = reading.memory(reading.answer_hl7, messages, 1_000)
    assert memory.messages >= 1_000
    assert list(memory.megabytes) == [0, 25, 50, 75, 100]
