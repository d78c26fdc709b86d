"""What the tests of nlu/ share: the parts that take seconds to load are loaded once."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Optional

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from nlu.encoder import Encoder, shared_encoder
from nlu.language import build_language
from safety import Decision

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return shared_encoder()


@pytest.fixture(scope="session")
def language() -> Language:
    return build_language()


@pytest.fixture(scope="session")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


TAUGHT = {
    "session_length": ["how long is a session", "how long does it take", "how many minutes is an infusion"],
    "cost": ["what does it cost", "how much is a treatment", "what is the price of an infusion"],
    "greet": ["hello", "hi there", "good morning"],
    "out_of_scope": ["what is the weather", "who won the game last night", "sing me a song"],
}


@pytest.fixture
def storage(tmp_path) -> LocalModelStorage:
    """An empty place for what a component learns."""
    (tmp_path / "storage").mkdir()
    return LocalModelStorage.create(tmp_path / "storage")


@pytest.fixture(scope="session")
def training_data() -> TrainingData:
    """A few examples of four intents."""
    return TrainingData([Message.build(text, intent) for intent, texts in TAUGHT.items() for text in texts])


@pytest.fixture(scope="session")
def message(language) -> Callable[..., Message]:
    """Makes a message as it stands before the risk screen: with the spaCy document, and the door's decision if any."""

    def build(text: str, door: Optional[Decision] = None) -> Message:
        made = Message({TEXT: text, METADATA: {"risk": door.as_dict()} if door else {}})
        made.set(SPACY_DOCS[TEXT], language(text))
        return made

    return build
