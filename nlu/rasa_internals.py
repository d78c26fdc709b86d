"""Replaces what is no extension point of Rasa and costs much with each message (so does previous_model.py).

- How an action server's answer is checked. Rasa 3.6 checks its own schema of such answers against the schema of
  schemas, each time anew: a third of the processor's work for a turn that hands a visitor on. Here it is checked once.
- Which rules fit a conversation. RulePolicy asks all of them, several times a turn. Here it asks those whose last step
  names the action and the intent that the conversation's last step has; no other can fit.
- How the components of a model are run one after the other. Rasa has dask plan their order for every call; here the
  order is planned once.

docs/decisions/conversation-state.md has what each gains. tests/nlu/test_rasa_internals.py compares each with Rasa's
own, and fails when Rasa's version is another one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, Optional

import rasa
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

#: Rasa's version whose code was read for this.
RASA = "3.6.21"
#: What is replaced.
OWN_CHECK = RemoteAction._validate_action_result
OWN_KEYS = RulePolicy._get_possible_keys
OWN_ACTION = RulePolicy._find_action_from_rules
OWN_RUN = DaskGraphRunner.run

#: Keys of rules by the action and the intent of their last step; None where it names none, so that any fits.
RuleIndex = dict[tuple[Optional[str], Optional[str]], list[str]]


def _compiled() -> Any:
    """The schema of an action server's answer, checked, ready to check answers with."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


_CHECK = _compiled()


def check_answer(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Checks an action server's answer.

    Args:
        self: the action.
        result: the answer.

    Returns:
        True.

    Raises:
        ValidationError: the answer is not of the form that Rasa describes.
    """
    wrong = next(_CHECK.iter_errors(result), None)
    if wrong is not None:
        raise ValidationError(f"The action server's answer is not of Rasa's form: {wrong.message}")
    return True


def _named(step: State, kind: str, key: str) -> Optional[str]:
    """What a rule's step asks for; None when anything, or nothing, is right."""
    value = step.get(kind, {}).get(key)
    return value if value and value != SHOULD_NOT_BE_SET else None


def _index(self: RulePolicy, lookup: dict[str, str]) -> RuleIndex:
    """The index of a policy's rules, made when they are first looked up."""
    kept: dict[int, tuple[dict[str, str], RuleIndex]] = self.__dict__.setdefault("_index_of_rules", {})
    if id(lookup) not in kept:
        index: RuleIndex = defaultdict(list)
        for key in lookup:
            last = json.loads(key)[-1]
            index[_named(last, PREVIOUS_ACTION, ACTION_NAME), _named(last, USER, INTENT)].append(key)
        kept[id(lookup)] = lookup, index  # with the rules, so that no other object gets their id
    return kept[id(lookup)][1]


def possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """The keys of the rules that fit a conversation.

    Args:
        self: the policy, trained.
        lookup: rules of the policy: the action that each predicts, by its key.
        states: the conversation's, the newest last.
    """
    if not states or not states[-1].get(PREVIOUS_ACTION):  # a conversation's start: rules that say nothing of it fit
        return set(OWN_KEYS(self, lookup, states))
    action = states[-1][PREVIOUS_ACTION].get(ACTION_NAME)
    intent = states[-1].get(USER, {}).get(INTENT)
    index = _index(self, lookup)
    asked = {(one, other) for one in (action, None) for other in (intent, None)}
    few = {key: lookup[key] for pair in asked for key in index.get(pair, ())}
    return set(OWN_KEYS(self, few, states))


def find_action(
    self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
) -> tuple[Optional[str], Optional[str], bool]:
    """The action that the rules predict, as Rasa's own; not looked for by a visitor's words where no rule has words.

    Args:
        self: the policy, trained.
        tracker: the conversation.
        domain: of the model.
        use_text_for_last_user_input: whether rules are looked for that name the words themselves, not the intent.

    Returns:
        the action, the key of its rule, and whether a loop is returned to; (None, None, False) when there is none.
    """
    if use_text_for_last_user_input and tracker.active_loop_name is None:
        index = _index(self, self.lookup[RULES])
        if not index.get((ACTION_LISTEN_NAME, None)) and not index.get((None, None)):
            return None, None, False
    found: tuple[Optional[str], Optional[str], bool] = OWN_ACTION(self, tracker, domain, use_text_for_last_user_input)
    return found


def run(
    self: DaskGraphRunner, inputs: Optional[dict[str, Any]] = None, targets: Optional[list[str]] = None
) -> dict[str, Any]:
    """Runs a model's components, each once, after those whose results it needs.

    Args:
        self: the runner.
        inputs: by name.
        targets: names of the components whose results are wanted; None for those of the model.

    Returns:
        the results of the targets, by name.

    Raises:
        GraphRunError: an input has a component's name, or a component failed in an unforeseen way.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    plans: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = self.__dict__.setdefault("_plans", {})
    if wanted not in plans:
        plans[wanted] = _plan(self, wanted)
    plan = plans[wanted]
    if any(isinstance(value, str) and value in plan for value in (inputs or {}).values()):
        return dict(OWN_RUN(self, inputs, targets))  # says what is wrong
    done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, needs in plan.items():
            if name not in done:
                done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(done[name] for name in wanted)


def _plan(self: DaskGraphRunner, targets: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What each component that is needed for some targets needs, in an order in which they can run."""
    nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
    plan: dict[str, tuple[str, ...]] = {}

    def add(name: str) -> None:
        if name in plan or name not in nodes:
            return  # an input has no component
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            add(need)
        plan[name] = needs

    for name in nodes:
        add(name)
    return plan


def replace() -> None:
    """Puts what is here in the place of Rasa's own; leaves another version of Rasa as it is."""
    if rasa.__version__ == RASA:
        RemoteAction._validate_action_result = check_answer
        RulePolicy._get_possible_keys = possible_keys
        RulePolicy._find_action_from_rules = find_action
        DaskGraphRunner.run = run
