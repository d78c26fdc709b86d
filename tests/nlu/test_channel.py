"""The inner channel: what a visitor types stays words, and each request gets a whole answer or the reason why not."""

import asyncio
import json
import socket
import threading
from types import SimpleNamespace

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rasa.core.actions.action import create_bot_utterance
from rasa.core.channels.channel import UserMessage, register
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from nlu.channel import InnerInput, ReplyCollector, plain_words

WEBHOOK, HEALTH = "/webhooks/inner/webhook", "/webhooks/inner/"
ASKED = {"sender": "conversation-1", "text": "how long is it"}
FIRST, SECOND = {"id": "1", "text": "About 45 minutes."}, {"id": "2", "text": "The clinic can tell you."}
UNDERSTOOD = {"intent": {"name": "session_length", "confidence": 0.9}}
NOTE = {"reason": "human_handoff", "to": "clinic", "asked": []}


def said(message):
    """A message on the way that Rasa sends it: made to an event, and back."""
    return create_bot_utterance(dict(message)).message()


REPLIES = {
    "text": "About 45 minutes.\n\nThe clinic can tell you.",
    "replies": [FIRST, SECOND],
    "understood": UNDERSTOOD,
}


class Agent:
    """Stands for Rasa's agent: keeps the messages it is handed, and says what it is told to say."""

    def __init__(self, *says):
        self.says = says
        self.handed = []
        self.ready = True
        self.processor = SimpleNamespace(
            model_filename="assistant.tar.gz", model_metadata=SimpleNamespace(assistant_id="treatment-information")
        )

        self.tracker_store, self.lock_store = (
            FailSafeTrackerStore(InMemoryTrackerStore(Domain.empty())),
            InMemoryLockStore(),
        )

    def is_ready(self):
        return self.ready

    async def remember(self, sender):
        await self.tracker_store.save(DialogueStateTracker.from_events(sender, [UserUttered("some words")]))

    async def handle_message(self, message):
        self.handed.append(message)
        for message_said in self.says:
            await message.output_channel.send_response(message.sender_id, said(message_said))


class Server:
    """Rasa's server with the channel on it, as credentials.yml puts it there, on a free port of this machine."""

    def __init__(self):
        self._application = Sanic("inner_channel_under_test", register=False)
        register([InnerInput()], self._application, route="/webhooks/")
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._listening = threading.Event()

    async def _serve(self):
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await self._application.create_server(
            sock=self._socket,
            access_log=False,
            return_asyncio_server=True,
            asyncio_server_kwargs={"start_serving": False},
        )
        await server.startup()
        await server.start_serving()
        self._listening.set()
        await self._ended.wait()
        server.close()

    def __enter__(self):
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._listening.wait(30)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(30)
        self._socket.close()

    def runs(self, agent):
        """The same server once this agent is loaded."""
        self._application.ctx.agent = agent
        return self

    def ask(self, method, path, content=None):
        address = "http://{}:{}{}".format(*self._socket.getsockname(), path)
        return httpx.request(method, address, content=content, trust_env=False)

    def post(self, body):
        return self.ask("POST", WEBHOOK, json.dumps(body).encode())


@pytest.fixture(scope="module")
def started():
    with Server() as server:
        yield server


@pytest.fixture
def serve(started):
    return started.runs


@pytest.fixture
def agent():
    return Agent(REPLIES)


@pytest.fixture
def server(serve, agent):
    return serve(agent)


# --- a turn -----------------------------------------------------------------------------------------------------------


def test_all_replies_of_a_turn_come_in_one_answer(server):
    answer = server.post(ASKED)
    assert answer.status_code == 200
    assert answer.json() == {"replies": [FIRST, SECOND], "understood": UNDERSTOOD, "escalation": None}


def test_what_the_action_server_notes_comes_with_the_replies(serve):
    answer = serve(Agent(REPLIES, {"custom": {"escalation": NOTE}})).post(ASKED)
    assert answer.json() == {"replies": [FIRST, SECOND], "understood": UNDERSTOOD, "escalation": NOTE}


def test_rasa_is_handed_the_words_the_conversation_and_what_the_door_decided(server, agent):
    risk = {"danger": "crisis", "sure": "clear"}
    server.post({"sender": "conversation-1", "text": " how long? ", "metadata": {"risk": risk, "care_mode": True}})
    [handed] = agent.handed
    assert (handed.sender_id, handed.text, handed.input_channel) == ("conversation-1", "how long?", "inner")
    assert handed.metadata == {"risk": risk, "care_mode": True}


def test_no_metadata_is_an_empty_one(server, agent):
    server.post(ASKED)
    server.post({**ASKED, "metadata": None})
    assert [handed.metadata for handed in agent.handed] == [{}, {}]


@pytest.mark.parametrize("says", [(), ({"custom": {"escalation": NOTE}},), ({"text": "a stray line"},)])
def test_a_turn_without_a_reply_is_an_error_that_the_door_can_see(serve, says):
    """Rasa's own channels answer 200 then, and the visitor would read nothing."""
    answer = serve(Agent(*says)).post(ASKED)
    assert answer.status_code == 500
    assert answer.json() == {"error": "no reply was made"}


def test_two_turns_do_not_share_replies(server):
    assert server.post(ASKED).json() == server.post(ASKED).json()


# --- bad requests -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "the body has to be a JSON object"),
        ("hello", "the body has to be a JSON object"),
        (None, "the body has to be a JSON object"),
        ({"text": "hello"}, "'sender' has to be a text that is not empty"),
        ({"sender": "", "text": "hello"}, "'sender' has to be a text that is not empty"),
        ({"sender": 7, "text": "hello"}, "'sender' has to be a text that is not empty"),
        ({"sender": "c"}, "'text' has to be a text that is not empty"),
        ({"sender": "c", "text": " \n"}, "'text' has to be a text that is not empty"),
        ({"sender": "c", "text": ["hello"]}, "'text' has to be a text that is not empty"),
        ({"sender": "c", "text": "hello", "metadata": "risk"}, "'metadata' has to be an object"),
        ({"sender": "c", "text": "hello", "metadata": []}, "'metadata' has to be an object"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong_and_never_reaches_rasa(server, agent, body, words):
    answer = server.post(body)
    assert (answer.status_code, answer.json()) == (400, {"error": words})
    assert agent.handed == []


@pytest.mark.parametrize("content", [b"{", b"hello", b"\xff\xfe"])
def test_what_is_not_json_is_a_bad_request(server, agent, content):
    assert server.ask("POST", WEBHOOK, content).status_code == 400
    assert agent.handed == []


def test_an_empty_body_is_a_bad_request(server):
    assert server.ask("POST", WEBHOOK, b"").status_code == 400


# --- words, not commands ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["/restart", "//restart", "/ /restart", " \t\n/restart", "\u200b/restart", "/restart/"]
)
def test_a_command_is_only_a_word(server, agent, typed):
    server.post({**ASKED, "text": typed})
    assert agent.handed[0].text.rstrip("/") == "restart"


def test_a_slash_within_a_text_stays():
    assert plain_words("is it 24/7 and/or by phone?") == "is it 24/7 and/or by phone?"


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u3000", "\x0b", "\x0c", "\x85", "\x1f"])
def test_a_command_after_any_white_space_is_only_a_word(server, agent, space):
    server.post({**ASKED, "text": f"{space}/restart"})
    assert agent.handed[0].text == "restart"


@settings(deadline=None, database=None)
@given(st.text(alphabet=st.sampled_from("/ \t\n\u00a0\u200b\u2003a"), max_size=8))
@example("\u00a0/crisis")
def test_nothing_that_can_be_typed_reaches_rasa_as_a_command(text):
    assert not (UserMessage(plain_words(text)).text or "").startswith("/")


@pytest.mark.parametrize("typed", ["/", "///", " / ", "\u200b"])
def test_a_text_of_slashes_alone_is_never_handed_on_as_an_empty_one(server, agent, typed):
    answer = server.post({**ASKED, "text": typed})
    assert answer.status_code == 400 or agent.handed[0].text


# --- forgetting -------------------------------------------------------------------------------------------------------


class Overwriting(TrackerStore):
    """A store without a way to delete, which keeps what was saved last; or, ``stuck``, what was saved first."""

    def __init__(self, stuck=False):
        super().__init__(Domain.empty())
        self.kept, self.stuck = {}, stuck

    async def save(self, tracker):
        if not (self.stuck and tracker.sender_id in self.kept):
            self.kept[tracker.sender_id] = list(tracker.events)

    async def retrieve(self, sender_id):
        events = self.kept.get(sender_id)
        return None if events is None else DialogueStateTracker.from_events(sender_id, events)


class Deleting(Overwriting):
    """A store that can delete."""

    async def delete(self, sender_id):
        self.kept.pop(sender_id, None)


def forgets(server, sender="conversation-1"):
    return server.ask("DELETE", f"/webhooks/inner/conversations/{sender}").status_code


def words_of(agent, sender):
    tracker = asyncio.run(agent.tracker_store.retrieve(sender))
    return [event.text for event in tracker.events] if tracker else []


@pytest.mark.parametrize("store", [InMemoryTrackerStore, Overwriting, Deleting])
def test_a_deleted_conversation_is_gone_from_rasa_and_no_other(serve, agent, store):
    agent.tracker_store = FailSafeTrackerStore(store() if store is not InMemoryTrackerStore else store(Domain.empty()))
    for sender in ("conversation-1", "conversation-2"):
        asyncio.run(agent.remember(sender))
    assert forgets(serve(agent)) == 204
    assert (words_of(agent, "conversation-1"), words_of(agent, "conversation-2")) == ([], ["some words"])


def test_what_rasa_fell_back_to_is_forgotten_too(serve, agent):
    fallback = InMemoryTrackerStore(Domain.empty())
    agent.tracker_store = FailSafeTrackerStore(Deleting(), fallback_tracker_store=fallback)
    asyncio.run(fallback.save(DialogueStateTracker.from_events("conversation-1", [UserUttered("some words")])))
    assert forgets(serve(agent)) == 204
    assert asyncio.run(fallback.retrieve("conversation-1")) is None


def test_forgetting_what_never_was_is_as_good(server):
    assert [forgets(server), forgets(server)] == [204, 204]


def test_a_conversation_that_could_not_be_forgotten_is_never_said_to_be(serve, agent):
    agent.tracker_store = FailSafeTrackerStore(Overwriting(stuck=True))
    asyncio.run(agent.remember("conversation-1"))
    assert forgets(serve(agent)) == 500


def test_before_the_model_is_loaded_nothing_is_said_to_be_forgotten(serve, agent):
    agent.ready = False
    assert forgets(serve(agent)) == 503


# --- health -----------------------------------------------------------------------------------------------------------


def test_health_names_the_model_that_is_loaded(server):
    answer = server.ask("GET", HEALTH)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "model": "assistant.tar.gz", "assistant": "treatment-information"}


def test_before_the_model_is_loaded_health_says_so(serve, agent):
    agent.ready = False
    for not_ready in (agent, None):
        answer = serve(not_ready).ask("GET", HEALTH)
        assert (answer.status_code, answer.json()) == (503, {"status": "loading"})


def test_a_message_is_kept_whole_not_split_into_plain_parts():
    collector = ReplyCollector()
    asyncio.run(collector.send_response("conversation-1", said(REPLIES)))
    [kept] = collector.messages
    assert kept["replies"] == [FIRST, SECOND]
    assert kept["text"] == REPLIES["text"]
