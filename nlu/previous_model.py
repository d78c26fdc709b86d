"""Keeps the last model that could be loaded, and takes it where the present one cannot be.

Rasa itself starts all the same then, without a model, and gives no answer to anybody until somebody looks. Here
``previous.tar.gz``, beside the model, is a copy of the last one that was loaded. (deploy/change-model.sh keeps the one
before under the same name, where this process may only read.) Which one answers is said by ``GET /webhooks/inner/``
and, once, in the log; checks/start.py says it to whoever runs ``make run``.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import rasa
import rasa.core.agent
from rasa.core.agent import Agent

from nlu.rasa_internals import RASA

logger = logging.getLogger(__name__)

#: Name of the copy.
PREVIOUS = "previous.tar.gz"
#: What is replaced.
OWN = rasa.core.agent.load_agent


async def load_agent(model_path: str | None = None, **more: Any) -> Agent:
    """Loads a model file; where that fails, the previous one.

    Args:
        model_path: of the file; anything else is left to Rasa.
        more: as Rasa's own load_agent takes it.

    Returns:
        the agent, with a model unless neither file is one.
    """
    agent: Agent = await OWN(model_path=model_path, **more)
    path = Path(model_path or "")
    if not path.is_file() or path.name == PREVIOUS:
        return agent
    previous = path.with_name(PREVIOUS)
    if agent.is_ready():
        keep(path, previous)
    elif previous.is_file():
        logger.critical(f"{path} CANNOT BE LOADED (see above). {previous}, the model before it, answers. Train anew.")
        try:
            agent.load_model(previous)
        except Exception as error:  # noqa: BLE001 (whatever it is: there is no model, as without this)
            logger.critical(f"{previous} cannot be loaded either: {type(error).__name__}")
    else:
        logger.critical(f"{path} CANNOT BE LOADED (see above), and there is no {previous}. Nobody is answered.")
    return agent


def keep(model: Path, previous: Path) -> None:
    """Copies a model that was loaded, whole or not at all, unless it was copied before."""
    try:
        if previous.is_file() and _stamp(previous) == _stamp(model):
            return
        draft = previous.with_name(f"{previous.name}.{os.getpid()}")
        shutil.copy2(model, draft)
        draft.replace(previous)
    except OSError as error:
        logger.info(f"no copy of the model is kept here: {error}")


def _stamp(path: Path) -> tuple[int, int]:
    """Size and time of a file: a copy has the same."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def replace() -> None:
    """Puts :func:`load_agent` in the place of Rasa's own; leaves another version of Rasa as it is."""
    if rasa.__version__ == RASA:
        rasa.core.agent.load_agent = load_agent
