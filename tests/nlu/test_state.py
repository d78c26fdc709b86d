"""A long conversation is answered as fast as a short one; nothing that matters of it is forgotten before its time."""

import asyncio
import json
import time

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import ActionExecuted, AllSlotsReset, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from nlu.classifier import QUESTIONS
from nlu.context import Context, earlier
from nlu.state import TURNS, ConversationStore
from nlu.state_places import FilePlace, PlaceError


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("CHAT_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)


def question(intent):
    return {"text": "words", "intent": intent, "confidence": 0.9, "answerable": True, "words": {}}


def turn(tracker, intent, *, benefit=False, slots=()):
    """A turn as Rasa leaves it in the tracker."""
    from rasa.core.actions.action import create_bot_utterance

    parsed = {"text": f"about {intent}", "intent": {"name": intent, "confidence": 0.9}, "entities": []}
    parsed |= {QUESTIONS: [question(intent)], "intent_ranking": [parsed["intent"]] * 5, "risk": {"danger": "none"}}
    tracker.update(UserUttered(parsed["text"], parsed["intent"], [], parsed))
    for name, value in slots:
        tracker.update(SlotSet(name, value))
    tracker.update(ActionExecuted(f"utter_{intent}"))
    replies = [{"text": "The page says so.", "benefit": benefit}]
    tracker.update(create_bot_utterance({"text": "The page says so.", "replies": replies, "understood": parsed}))
    tracker.update(ActionExecuted("action_listen"))


class Talk:
    """A conversation that is stored and read again around each turn, as Rasa does it."""

    def __init__(self, domain, store=None, **settings):
        self.store = store or ConversationStore(domain, **settings)

    def turns(self, *intents, sender="visitor", **more):
        for intent in intents:
            tracker = self.now(sender) or DialogueStateTracker.from_events(sender, [], self.store.domain.slots)
            turn(tracker, intent, **more)
            asyncio.run(self.store.save(tracker))

    def now(self, sender="visitor"):
        return asyncio.run(self.store.retrieve(sender))


def test_endpoints_name_this_store(domain):
    made = TrackerStore.create(read_endpoint_config("endpoints.yml", "tracker_store"), domain)
    assert isinstance(made, ConversationStore)


def test_a_conversation_of_500_turns_is_no_larger_than_one_of_10(domain):
    talk = Talk(domain)
    talk.turns(*["onset"] * 10)
    at_10 = len(talk.now().events)
    talk.turns(*["onset"] * 490)
    assert len(talk.now().events) == at_10


def test_care_mode_holds_however_long_ago_the_crisis_was(domain):
    talk = Talk(domain)
    talk.turns("crisis", slots=[("care_mode", True)])
    talk.turns(*["onset"] * 60)
    assert talk.now().get_slot("care_mode") is True


def test_the_last_value_of_a_slot_counts(domain):
    talk = Talk(domain)
    talk.turns("crisis", slots=[("escalation", {"reason": "crisis"}), ("care_mode", True)])
    talk.turns("personal_drug", slots=[("escalation", {"reason": "personal_drug"})])
    talk.turns(*["onset"] * 20)
    assert talk.now().get_slot("escalation") == {"reason": "personal_drug"}


def test_a_reset_of_all_slots_is_not_undone(domain):
    store = ConversationStore(domain)
    tracker = DialogueStateTracker.from_events("visitor", [], domain.slots)
    tracker.update(SlotSet("care_mode", True))
    tracker.update(AllSlotsReset())
    asyncio.run(store.save(tracker))
    talk = Talk(domain, store)
    talk.turns(*["onset"] * 20)
    assert talk.now().get_slot("care_mode") is False


def test_what_a_message_may_lean_on_is_the_same_as_in_the_whole_conversation(domain):
    intents = ["what_is_it", "onset", "cost", "procedure", "session_length", "frequency", "mechanism", "glutamate"]
    whole = DialogueStateTracker.from_events("visitor", [], domain.slots)
    for intent in intents:
        turn(whole, intent)
    talk = Talk(domain)
    talk.turns(*intents)
    assert Context.of(talk.now(), QUESTIONS) == Context.of(whole, QUESTIONS)
    assert Context.of(talk.now(), QUESTIONS).told == set(intents)


def test_the_note_on_risks_is_known_to_have_been_given(domain):
    talk = Talk(domain)
    assert earlier([], QUESTIONS)["benefit"] is False
    talk.turns("what_is_it", benefit=True)
    talk.turns(*["cost"] * 30)
    assert earlier(talk.now().events, QUESTIONS)["benefit"] is True


def test_policies_see_the_last_turns_as_they_were(domain):
    talk = Talk(domain)
    talk.turns(*["onset"] * 20, "cost")
    tracker = talk.now()
    assert tracker.latest_message.intent["name"] == "cost"
    assert tracker.latest_action_name == "action_listen"
    executed = [event.action_name for event in tracker.events if isinstance(event, ActionExecuted)]
    assert executed[-2 * TURNS :] == ["utter_onset", "action_listen"] * (TURNS - 1) + ["utter_cost", "action_listen"]


def test_another_process_reads_the_same(domain):
    """A restarted Rasa, or a second one, has nothing in memory."""
    Talk(domain).turns("crisis", "cost", slots=[("care_mode", True)])
    tracker = Talk(domain).now()
    assert tracker.get_slot("care_mode") is True
    assert Context.of(tracker, QUESTIONS).topics[0] == "cost"


def test_what_another_process_wrote_meanwhile_counts(domain):
    first, second = Talk(domain), Talk(domain)
    first.turns("onset")
    second.turns("cost")
    assert Context.of(first.now(), QUESTIONS).topics[:2] == ("cost", "onset")


def test_what_is_deleted_is_gone_from_the_file_too(domain, tmp_path):
    talk = Talk(domain)
    talk.turns("onset", "cost")
    talk.turns("cost", sender="somebody else")
    asyncio.run(talk.store.delete("visitor"))
    asyncio.run(talk.store.delete("nobody"))
    assert talk.now() is None
    assert talk.now("somebody else") is not None
    assert b"about onset" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert list(asyncio.run(talk.store.keys())) == ["somebody else"]


def test_a_state_ends_a_day_after_the_last_message_unless_set_otherwise(domain, monkeypatch):
    now = time.time()
    talk = Talk(domain)
    talk.turns("onset")
    monkeypatch.setattr("nlu.state_places.time.time", lambda: now + 23.9 * 3600)
    assert talk.now() is not None
    monkeypatch.setattr("nlu.state_places.time.time", lambda: now + 24.1 * 3600)
    assert talk.now() is None
    monkeypatch.setenv("CHAT_STATE_HOURS", "1")
    short = Talk(domain)
    short.turns("onset", sender="short")
    monkeypatch.setattr("nlu.state_places.time.time", lambda: now + 25.2 * 3600)
    assert short.now("short") is None


def test_what_is_over_leaves_the_file(domain, tmp_path, monkeypatch):
    now = time.time()
    Talk(domain).turns("onset", sender="long ago")
    monkeypatch.setattr("nlu.state_places.time.time", lambda: now + 25 * 3600)
    talk = Talk(domain)
    talk.turns("cost")
    monkeypatch.setattr("nlu.state_places.time.time", lambda: now)
    assert talk.now("long ago") is None


@pytest.mark.parametrize("hours", ["0", "-1", "a day"])
def test_hours_that_are_none_are_refused_in_words(domain, monkeypatch, hours):
    monkeypatch.setenv("CHAT_STATE_HOURS", hours)
    with pytest.raises(ValueError, match=f"CHAT_STATE_HOURS .*'{hours}'"):
        ConversationStore(domain)


def test_a_setting_that_does_not_exist_is_refused(domain):
    with pytest.raises(ValueError, match="max_turns"):
        ConversationStore(domain, max_turns=3)


def test_where_the_place_fails_the_conversation_goes_on_from_memory(domain, caplog):
    class Broken(FilePlace):
        async def get(self, sender_id):
            raise PlaceError("no answer")

        async def put(self, sender_id, state):
            raise PlaceError("no answer")

    talk = Talk(domain)
    talk.turns("onset")
    talk.store._place.__class__ = Broken
    talk.turns("cost")
    assert Context.of(talk.now(), QUESTIONS).topics == ("cost", "onset")
    assert "no answer" in caplog.text


def test_no_word_of_the_assistants_and_no_second_copy_of_the_visitors_is_kept(domain, tmp_path):
    talk = Talk(domain)
    talk.turns("onset")
    state = talk.store._recent["visitor"][0].decode()
    assert "The page says so" not in state
    assert "intent_ranking" not in state
    assert json.loads(state)


def test_rasas_agent_takes_it(domain):
    agent = Agent(domain=domain, tracker_store=ConversationStore(domain))
    tracker = asyncio.run(agent.tracker_store.get_or_create_tracker("visitor"))
    assert tracker.sender_id == "visitor"
