"""What replaces a part of Rasa does what that part did, and is looked at anew with each version of Rasa."""

import asyncio
import itertools
from pathlib import Path

import pytest
import rasa
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import load_agent
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu import rasa_internals

MODEL = Path(__file__).resolve().parents[2] / "models" / "assistant.tar.gz"

ANSWERS = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "escalation", "value": None}], "responses": [{"custom": {"a": 1}}]},
    {"events": [{"event": "slot"}], "responses": []},
    {"events": [{"event": "no such event"}], "responses": []},
    {"events": [], "responses": ["words"]},
    {"events": "none"},
    {},
]


#: What is replaced: where it stands, Rasa's own, and ours.
PARTS = [
    (RemoteAction, "_validate_action_result", rasa_internals.OWN_CHECK, rasa_internals.check_answer),
    (RulePolicy, "_get_possible_keys", rasa_internals.OWN_KEYS, rasa_internals.possible_keys),
    (RulePolicy, "_find_action_from_rules", rasa_internals.OWN_ACTION, rasa_internals.find_action),
    (DaskGraphRunner, "run", rasa_internals.OWN_RUN, rasa_internals.run),
]


@pytest.fixture
def stock(monkeypatch):
    """Rasa's own check, and the other parts, in their places; what the test puts there is taken out again."""
    for kind, name, own, _ in PARTS:
        monkeypatch.setattr(kind, name, own)
    return rasa_internals.OWN_CHECK


@pytest.fixture(scope="module")
def processor():
    """That of the trained model."""
    return asyncio.run(load_agent(model_path=str(MODEL))).processor


@pytest.fixture(scope="module")
def policy(processor):
    """The trained policy."""
    nodes = processor.graph_runner._instantiated_nodes.values()
    return next(node._component for node in nodes if isinstance(node._component, RulePolicy))


def accepted(check, answer):
    try:
        return check(RemoteAction("action_escalate", None), answer)
    except ValidationError:
        return False


def test_rasa_is_the_version_whose_code_was_read():
    assert rasa.__version__ == rasa_internals.RASA, "Read rasa_internals.py against this version of Rasa."


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_is_accepted_or_refused_as_rasa_does(stock, answer):
    assert accepted(rasa_internals.check_answer, answer) == accepted(stock, answer)


def test_some_answers_are_accepted_and_some_are_not():
    assert {accepted(rasa_internals.check_answer, answer) for answer in ANSWERS} == {True, False}


def test_it_takes_the_place_of_rasas_own(stock):
    rasa_internals.replace()
    assert all(getattr(kind, name) is ours for kind, name, _, ours in PARTS)


def test_another_version_of_rasa_is_left_as_it_is(stock, monkeypatch):
    monkeypatch.setattr(rasa_internals.rasa, "__version__", "3.7.0")
    rasa_internals.replace()
    assert all(getattr(kind, name) is own for kind, name, own, _ in PARTS)


def conversations(domain):
    """A message of each intent after each of some answers, with and without slots, up to each action that follows."""
    told = [name for name in domain.action_names_or_texts if name.startswith("utter_")]
    befores = ["action_listen", *told[::40], "action_escalate"]
    known = {slot.name for slot in domain.slots}
    slots = [{}, {slot.name: slot.initial_value for slot in domain.slots}, {"care_mode": True}]
    for intent, before, values in itertools.product(sorted(domain.intents), befores, slots):
        events = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME)]
        events += [SlotSet(name, value) for name, value in values.items() if name in known]
        events += [UserUttered("words", {"name": intent, "confidence": 1.0})]
        events += [ActionExecuted(before)] if before != "action_listen" else []
        yield DialogueStateTracker.from_events("visitor", events, slots=domain.slots)


def test_the_same_rules_fit_as_rasa_finds(policy, processor):
    found = 0
    for tracker in conversations(processor.domain):
        for words in (True, False):
            states = policy._prediction_states(tracker, processor.domain, words)
            for so_far in (states, states[:1], []):
                own = rasa_internals.OWN_KEYS(policy, policy.lookup[RULES], so_far)
                assert rasa_internals.possible_keys(policy, policy.lookup[RULES], so_far) == own
                found += len(own)
    assert found > 200


def test_the_same_action_is_found_as_rasa_finds(stock, policy, processor):
    actions = set()
    for tracker in conversations(processor.domain):
        for words in (True, False):
            own, source, loop = rasa_internals.OWN_ACTION(policy, tracker, processor.domain, words)
            ours = rasa_internals.find_action(policy, tracker, processor.domain, words)
            assert (ours[0], ours[2]) == (own, loop)
            assert own is None or ours[1] == source
            actions.add(own)
    assert len(actions) > 3


def test_a_rule_that_names_words_is_still_looked_for(policy, processor, monkeypatch):
    rule = '[{"prev_action": {"action_name": "action_listen"}, "user": {"text": "words"}}]'
    monkeypatch.setattr(policy, "lookup", {**policy.lookup, RULES: {rule: "utter_greet"}})
    tracker = next(iter(conversations(processor.domain)))
    assert rasa_internals.find_action(policy, tracker, processor.domain, True)[0] == "utter_greet"


class Runner(DaskGraphRunner):
    """Runs nodes that note that they ran."""

    def __init__(self, schema, nodes):
        self._graph_schema, self._instantiated_nodes, self._execution_context = schema, nodes, None


def diamond(ran, failure=None):
    """Four nodes, the last of which needs two that need the first; the first needs an input."""
    needs = {"first": {"x": "given"}, "left": {"x": "first"}, "right": {"x": "first"}}
    needs["last"] = {"x": "left", "y": "right"}

    def node(name):
        def work(*inputs):
            ran.append(name)
            if name == failure:
                raise RuntimeError("broken")
            return name, (name, *(value[1] if isinstance(value, tuple) else value for value in inputs))

        return work

    schema = GraphSchema(
        {
            name: SchemaNode(
                needs=need, uses=object, fn="run", constructor_name="create", config={}, is_target=name == "last"
            )
            for name, need in reversed(needs.items())
        }
    )
    return Runner(schema, {name: node(name) for name in needs})


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        *itertools.product(
            [{"given": 1}, {"given": 1, "more": 2}, {}, None], [None, ["last"], ["left"], ["left", "right"]]
        ),
        ({"given": 1}, ["given"]),
    ],
)
def test_components_run_once_each_and_give_what_they_give_under_rasa(inputs, targets):
    own, ours = [], []
    expected = rasa_internals.OWN_RUN(diamond(own), inputs, targets)
    assert rasa_internals.run(diamond(ours), inputs, targets) == expected
    assert sorted(own) == sorted(ours)


def test_runs_of_one_runner_do_not_share_results():
    runner = diamond([])
    assert rasa_internals.run(runner, {"given": 1}) != rasa_internals.run(runner, {"given": 2})


@pytest.mark.parametrize("run", [rasa_internals.OWN_RUN, rasa_internals.run])
def test_a_failing_component_and_a_wrong_input_are_reported_as_rasa_does(run):
    with pytest.raises(GraphRunError, match="Error running"):
        run(diamond([], failure="left"), {"given": 1})
    with pytest.raises(GraphRunError, match="clashes"):
        run(diamond([]), {"given": "left"})
