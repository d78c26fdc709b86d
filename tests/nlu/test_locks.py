"""Two messages of one conversation are answered one after the other, in every Rasa process; others need not wait."""

import asyncio

import pytest
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import read_endpoint_config

from nlu import locks
from nlu.locks import ConversationLocks


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)


async def turn(store, conversation, name, seen, work=0.0):
    async with store.lock(conversation):
        seen.append(f"{name} begins")
        await asyncio.sleep(work)
        seen.append(f"{name} ends")


def test_endpoints_name_these_locks():
    assert isinstance(LockStore.create(read_endpoint_config("endpoints.yml", "lock_store")), ConversationLocks)


def test_turns_of_one_conversation_follow_each_other_in_the_order_of_asking():
    async def talk():
        store, seen = ConversationLocks(), []
        await asyncio.gather(*(turn(store, "visitor", name, seen, 0.01) for name in "abcd"))
        return seen

    assert asyncio.run(talk()) == [f"{name} {what}" for name in "abcd" for what in ("begins", "ends")]


def test_another_conversation_does_not_wait():
    async def talk():
        store, seen = ConversationLocks(), []
        await asyncio.gather(turn(store, "one", "one", seen, 0.05), turn(store, "two", "two", seen))
        return seen

    assert asyncio.run(talk()) == ["one begins", "two begins", "two ends", "one ends"]


def test_a_turn_that_fails_lets_the_next_one_in():
    async def talk():
        store, seen = ConversationLocks(), []
        with pytest.raises(RuntimeError):
            async with store.lock("visitor"):
                raise RuntimeError
        await turn(store, "visitor", "next", seen)
        return seen

    assert asyncio.run(talk()) == ["next begins", "next ends"]


def test_a_message_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(locks, "WAIT", 0.05)

    async def talk():
        store = ConversationLocks()
        async with store.lock("visitor"):
            await turn(store, "visitor", "second", [])

    with pytest.raises(LockError, match="takes too long"):
        asyncio.run(talk())


def test_nothing_stays_of_a_lock_that_nobody_wants():
    async def talk():
        store = ConversationLocks()
        await asyncio.gather(*(turn(store, f"visitor {n % 3}", "turn", []) for n in range(9)))
        return store

    store = asyncio.run(talk())
    assert not store._here
    assert not store._wanted


def test_without_redis_where_there_should_be_one_the_turn_goes_on(monkeypatch, caplog):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    seen = []
    asyncio.run(turn(ConversationLocks(), "visitor", "turn", seen))
    assert seen == ["turn begins", "turn ends"]
    assert "Redis gives no lock" in caplog.text
