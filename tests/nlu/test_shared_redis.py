"""Several Rasa processes on one Redis: they share what was said and wait for each other; a restart costs no visitor."""

import asyncio
import shutil
import socket
import subprocess
import time

import pytest
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu import locks, shared_redis, state_places
from nlu.locks import ConversationLocks
from nlu.state import ConversationStore

pytestmark = [
    pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed"),
    # A connection of which Redis died is closed by uvloop with a warning, and as an error that stops its loop for good.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


class RedisServer:
    """A Redis on a free port, with nothing on disk."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def server(monkeypatch, tmp_path):
    redis = RedisServer()
    redis.start()
    monkeypatch.setenv("REDIS_URL", redis.url)
    monkeypatch.setenv("CHAT_DATA_DIR", str(tmp_path))
    yield redis
    redis.kill()


@pytest.fixture
def run(server, monkeypatch):
    """Runs what is to be awaited, and closes its connections to Redis."""
    opened = []

    def client(url):
        opened.append(shared_redis.redis_client(url))
        return opened[-1]

    for module in (locks, state_places):
        monkeypatch.setattr(module, "redis_client", client)

    async def to_its_end(work):
        try:
            return await asyncio.wait_for(work, 20)
        finally:
            for redis in opened:
                await redis.close()

    return lambda work: asyncio.run(to_its_end(work))


def said(domain, *texts):
    tracker = DialogueStateTracker.from_events("visitor", [], domain.slots)
    for text in texts:
        tracker.update(UserUttered(text, {"name": "cost"}))
        tracker.update(ActionExecuted("action_listen"))
    return tracker


def test_what_one_process_stores_another_reads_and_deletes(run, domain, tmp_path):
    async def talk():
        one, two = ConversationStore(domain), ConversationStore(domain)
        await one.save(said(domain, "and what does it cost"))
        read = await two.retrieve("visitor")
        keys = list(await two.keys())
        await two.delete("visitor")
        return read, keys, await one.retrieve("visitor")

    read, keys, after = run(talk())
    assert read.latest_message.text == "and what does it cost"
    assert keys == ["visitor"]
    assert after is None
    assert list(tmp_path.iterdir()) == []


def test_a_state_ends_in_redis_by_itself(run, domain, monkeypatch):
    monkeypatch.setenv("CHAT_STATE_HOURS", "2")

    async def talk():
        store = ConversationStore(domain)
        await store.save(said(domain, "hello"))
        return await store._place._redis.ttl("state:visitor")

    assert 7190 <= run(talk()) <= 7200


def test_two_processes_take_turns(run):
    async def talk():
        one, two, seen = ConversationLocks(), ConversationLocks(), []

        async def turn(store, name):
            async with store.lock("visitor"):
                seen.append(name)
                await asyncio.sleep(0.05)
                seen.append(name)

        await asyncio.gather(*(turn(store, n) for n, store in enumerate([one, two, one, two])))
        return seen

    seen = run(talk())
    assert sorted(seen) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert seen[::2] == seen[1::2]


def test_the_lock_of_a_process_that_died_falls(run, monkeypatch):
    monkeypatch.setattr(locks, "HELD", 0.2)

    async def talk():
        dead = ConversationLocks()
        await dead._acquired("visitor", 0.01)  # and never gives it back
        async with ConversationLocks().lock("visitor"):
            return True

    assert run(talk())


def test_while_redis_is_down_the_conversation_goes_on_and_afterwards_too(run, server, domain):
    async def turn(store, lock, text):
        async with lock.lock("visitor"):
            tracker = await store.retrieve("visitor") or said(domain)
            tracker.update(UserUttered(text, {"name": "cost"}))
            await store.save(tracker)

    async def talk():
        store, lock = ConversationStore(domain), ConversationLocks()
        await turn(store, lock, "before")
        server.kill()
        await turn(store, lock, "while it is down")
        server.start()
        await turn(store, lock, "after")
        return await ConversationStore(domain).retrieve("visitor")

    tracker = run(talk())
    assert tracker.latest_message.text == "after"
