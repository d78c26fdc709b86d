"""Rasa's intent classifier for this assistant: splits a message, says what each part asks, and how sure that is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.context import Context, in_context
from nlu.encoder import SHA256, shared_encoder
from nlu.head import Head, HeadSettings
from nlu.masks import spoken
from nlu.risk import RISK, RISKY_PARTS
from nlu.understanding import Thresholds, Understood, understand
from safety import Decision

#: Key of a message (and of parse data): what was understood of each part, in the order asked.
QUESTIONS = "questions"
#: How a danger stands among the questions: in front of them.
DANGER = {"text": "", "confidence": 1.0, "answerable": False, "words": {}}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Trains the head on the examples; at run time sets ``intent``, ``intent_ranking`` and ``questions``."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._head_settings = HeadSettings(**config["head"])
        self._thresholds = Thresholds(**config["thresholds"])
        self._model_storage = model_storage
        self._resource = resource
        self._head: Head | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings of the head and of the thresholds; empty means those that the experiments chose."""
        return {"head": {}, "thresholds": {}}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that have to be installed."""
        return ["onnxruntime", "tokenizers", "sklearn", "spacy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Creates the component, not yet trained (see parent class)."""
        return cls(config, model_storage, resource)

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str:
        """Changes with the code of the head and with the encoder's files, so that an old head is not restored."""
        here = Path(__file__).parent
        names = ("head.py", "head_graph.py", "encoder.py", "encoder_graph.py", "classifier.py")
        code = b"".join((here / name).read_bytes() for name in names)
        return hashlib.sha256(code + repr(sorted(SHA256.items())).encode()).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the head on all examples that have an intent, and stores it."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [e.get(TEXT) for e in examples]
        vectors = shared_encoder().encode(texts)
        self._head = Head.fit(texts, vectors, [e.get(INTENT) for e in examples], self._head_settings)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._head, folder / "head.joblib")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """Loads the trained head.

        The file is a pickle inside the model: a model is code, and is only ever loaded from the project's own folder.
        """
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._head = joblib.load(folder / "head.joblib")
        component.classify(["ready"])  # loads the encoder now, not with the first visitor
        return component

    def classify(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """Ranked intents of each text.

        Args:
            texts: any number of sentences.

        Returns:
            for each text all intents with their probability, the likeliest first.

        Raises:
            RuntimeError: the component is not trained.
        """
        if self._head is None:
            raise RuntimeError("The classifier is not trained. Run 'make train'.")
        texts = [spoken(text) for text in texts]
        likely = self._head.probabilities(texts, shared_encoder().encode(texts))
        return [[(self._head.intents[i], float(row[i])) for i in np.argsort(-row)] for row in likely]

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Understands each message (see :func:`nlu.understanding.understand` and :func:`nlu.context.in_context`)."""
        for message in messages:
            if message.get(TEXT):
                self._process_one(message, tracker)
        return messages

    def _process_one(self, message: Message, tracker: DialogueStateTracker | None) -> None:
        context = Context.of(tracker, QUESTIONS)
        danger = Decision.from_dict(message.get(RISK) or Decision().as_dict()).intent
        found: Understood = understand(
            message.get(SPACY_DOCS[TEXT]),
            self.classify,
            self._thresholds,
            message.get(RISKY_PARTS) if danger else (),
        )
        asked = in_context(found, message.get(TEXT), self.classify, self._thresholds, context)
        questions = [*([DANGER | {"intent": danger}] if danger else []), *asked]
        first = questions[0]
        message.set(INTENT, {"name": first["intent"], "confidence": first["confidence"]}, add_to_output=True)
        ranking = [{"name": name, "confidence": probability} for name, probability in found.ranking[:5]]
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(QUESTIONS, questions, add_to_output=True)
