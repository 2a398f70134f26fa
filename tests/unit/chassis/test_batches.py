import asyncio
from collections.abc import Sequence

import pytest

from services.chassis.batches import GroupCommit, isolating
from services.chassis.errors import Transient


async def test_a_spoiling_item_stands_alone_and_its_neighbours_go_through_in_order() -> None:
    done: list[int] = []
    spoiled: list[int] = []

    async def work(items: Sequence[int]) -> None:
        if 7 in items or 3 in items:
            raise ValueError
        done.extend(items)

    async def set_aside(item: int, _: Exception) -> None:
        spoiled.append(item)

    await isolating(range(10), work, set_aside)

    assert done == [0, 1, 2, 4, 5, 6, 8, 9]
    assert spoiled == [3, 7]


async def test_trouble_that_passes_is_nobodys_fault() -> None:
    async def work(_: Sequence[int]) -> None:
        raise Transient

    async def set_aside(item: int, _: Exception) -> None:
        raise AssertionError(item)

    with pytest.raises(Transient):
        await isolating([1, 2], work, set_aside)


async def test_what_arrives_during_a_commit_goes_together_into_the_next() -> None:
    batches: list[list[int]] = []
    busy, began = asyncio.Event(), asyncio.Event()

    async def work(items: Sequence[int]) -> Sequence[int]:
        batches.append(list(items))
        began.set()
        await busy.wait()
        return [item * 10 for item in items]

    commits: GroupCommit[int, int] = GroupCommit(work, limit=3)
    running = asyncio.create_task(commits.run())
    answers = [asyncio.create_task(commits.submit(1))]
    await began.wait()
    answers += [asyncio.create_task(commits.submit(item)) for item in (2, 3, 4, 5)]
    await asyncio.sleep(0)
    busy.set()

    assert await asyncio.gather(*answers) == [10, 20, 30, 40, 50]
    assert batches == [[1], [2, 3, 4], [5]]
    running.cancel()


async def test_each_item_hears_of_its_own_failure_only() -> None:
    async def work(items: Sequence[int]) -> Sequence[int]:
        if 2 in items:
            raise ValueError("two")
        return items

    commits: GroupCommit[int, int] = GroupCommit(work)
    waiting = [asyncio.create_task(commits.submit(item)) for item in (1, 2, 3)]
    await asyncio.sleep(0)
    running = asyncio.create_task(commits.run())
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert outcomes[0] == 1
    assert isinstance(outcomes[1], ValueError)
    assert outcomes[2] == 3
    running.cancel()
