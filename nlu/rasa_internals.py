"""Replaces what is no extension point of Rasa (so does previous_model.py): how an action server's answer is checked.

Rasa 3.6 checks its own schema of such answers against the schema of schemas, each time anew, before it checks the
answer: a third of the processor's work for a turn that hands a visitor on. Here the schema is checked once, when this
module is read; each answer is checked against it as before, seventy times as fast
(docs/decisions/conversation-state.md).
tests/nlu/test_rasa_internals.py fails when Rasa's version is another one.
"""

from __future__ import annotations

from typing import Any

import rasa
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

#: Rasa's version whose code was read for this.
RASA = "3.6.21"
#: What is replaced.
OWN = RemoteAction._validate_action_result


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


def replace() -> None:
    """Puts :func:`check_answer` in the place of Rasa's own; leaves another version of Rasa as it is."""
    if rasa.__version__ == RASA:
        RemoteAction._validate_action_result = check_answer
