"""Where danger is judged inside Rasa: the safety floor, and a trained screen beside it. Either can raise an alarm.

The screen looks at the whole message and at each part of it, so that one line in a long harmless story is found. The
door's decision (it saw the raw words, before masking) comes along as metadata; it can be raised here, never lowered.
"""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import joblib
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
from spacy.lang.es.stop_words import STOP_WORDS as SPANISH
from spacy.tokens import Doc

from nlu.encoder import SHA256, shared_encoder
from nlu.head import Head, HeadSettings
from nlu.masks import spoken
from nlu.questions import parts_of, sentences
from nlu.understanding import KINDS
from safety import Decision, compile_all, judge

#: Keys of a message: the decision (a dict, see safety.decision), and the parts of the text that led to it.
RISK = "risk"
RISKY_PARTS = "risky_parts"
#: What the screen learns from: risk and its look-alikes, by danger and family.
RISK_DATA = Path(__file__).resolve().parent.parent / "data" / "risk"
#: Words from which a sentence is looked at by itself; a shorter one says nothing without the others.
LONG = 4
#: Sentences, one behind the other, that are looked at together in a message of more.
RUN = 3
#: Sentences up to which a message is looked at in runs: in a longer one they tell its tone, not a danger.
MOST_IN_RUNS = 7
#: Sentences that are looked at each by itself, at most.
MOST = 40
#: How the names of the personal intents begin.
PERSONAL = "personal_"
#: Label of a sentence without danger.
NONE = "none"


@dataclass(frozen=True)
class ScreenSettings:
    """What the experiments chose (docs/decisions/risk-screen.md).

    Attributes:
        alarm: probability of danger (0 to 1) in the whole message at which the screen by itself raises an alarm.
        alarm_in_run: the same for :data:`RUN` sentences of more: what one of them means the others tell.
        alarm_in_part: the same for one sentence of several: out of its message a sentence may look like anything.
        alarm_together, alarm_beside: both at once, the one for a sentence and the other for the whole message.
        alarm_when_gentle: the least for both where the floor knows the subject for a harmless one (a loss, a study).
        everyday: how many examples of each intent are learned as harmless, beside the look-alikes. Of the personal
            intents all are, a letter about a hard time is the nearest thing to danger that is none; and of small talk,
            for a goodbye may be one or the other.
        dangers_beside, harmless_beside: how many examples are learned once more beside a question (:func:`beside`).
    """

    alarm: float = 0.65
    alarm_in_run: float = 0.97
    alarm_in_part: float = 0.995
    alarm_together: float = 0.9
    alarm_beside: float = 0.3
    alarm_when_gentle: float = 0.9
    everyday: int = 50
    dangers_beside: int = 3000
    harmless_beside: int = 4000


def risk_examples(folder: Path = RISK_DATA) -> list[tuple[str, str]]:
    """(sentence, danger) of all risk data.

    Args:
        folder: YAML files with a list ``risk`` of entries with ``danger``, ``family`` and ``examples``.

    Raises:
        OSError, yaml.YAMLError: a file cannot be read.
    """
    return [
        (line[2:].strip(), entry["danger"])
        for path in sorted(folder.glob("*.yml"))
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["risk"]
        for line in entry["examples"].splitlines()
        if line.startswith("- ")
    ]


def beside(examples: list[tuple[str, str]], questions: list[str], chance: random.Random) -> list[tuple[str, str]]:
    """Examples with a question before or behind them, as somebody asks about the page and says in passing how they are.

    Args:
        examples: (sentence, danger); the danger of the two together is the sentence's.
        questions: harmless ones about the page or the clinic; with none, nothing is made.
        chance: what is put together, and how.
    """
    made = []
    for text, danger in examples if questions else []:
        question = chance.choice(questions)
        if chance.random() < 0.5:
            first, second = text.rstrip("."), question
            between = chance.choice(_AFTER_A_STATEMENT)
        else:
            first, second = question.rstrip("?"), text
            between = chance.choice(_AFTER_A_QUESTION)
        made.append((first + between + second, danger))
    return made


_AFTER_A_STATEMENT = (". ", ". ", " ", "\n", ", ", "... ", ", also ", " and ")
_AFTER_A_QUESTION = ("? ", "? ", "? ", "? ", " ", ", ", ". ")
#: Words of a question and of a sentence that are put together: neither a word alone nor a letter.
_QUESTION_WORDS, _SENTENCE_WORDS = range(4, 16), range(1, 30)


class Screen:
    """The trained screen: how likely each danger is in a text."""

    def __init__(self, head: Head) -> None:
        self._head = head

    @classmethod
    def fit(cls, examples: list[tuple[str, str]], settings: HeadSettings) -> Screen:
        """Trains on (sentence, danger); ``none`` is the danger of the harmless ones."""
        texts = [text for text, _ in examples]
        return cls(Head.fit(texts, shared_encoder().encode(texts), [danger for _, danger in examples], settings))

    def likeliest(self, texts: list[str]) -> list[tuple[str, float]]:
        """For each text the likeliest danger, and the probability (0 to 1) that there is any."""
        texts = [spoken(text) for text in texts]
        rows = self._head.probabilities(texts, shared_encoder().encode(texts))
        none = self._head.intents.index(NONE)
        found = []
        for row in rows:
            dangers = [(float(p), name) for name, p in zip(self._head.intents, row) if name != NONE]
            found.append((max(dangers)[1], 1.0 - float(row[none])))
        return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class RiskScreen(GraphComponent):
    """Sets :data:`RISK` and :data:`RISKY_PARTS` on a message. Stands before the classifier, which puts danger first."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._settings = ScreenSettings(**config["screen"])
        self._head_settings = HeadSettings(**config["head"])
        self._model_storage = model_storage
        self._resource = resource
        self._trained: Screen | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings of the screen and of its head; empty means those that the experiments chose."""
        return {"screen": {}, "head": {"spelling": 1.0, "ridge": 0.03, "sharpness": 12.0}}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that have to be installed."""
        return ["onnxruntime", "tokenizers", "sklearn"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RiskScreen:
        """Creates the component, not yet trained (see parent class)."""
        return cls(config, model_storage, resource)

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str:
        """Changes with the risk data, this code and the encoder: nothing old is restored then."""
        here = Path(__file__).parent
        files = [
            *sorted(RISK_DATA.glob("*.yml")),
            here / "risk.py",
            here / "head.py",
            here / "head_graph.py",
            here / "encoder.py",
            here / "encoder_graph.py",
        ]
        digest = hashlib.sha256(repr(sorted(SHA256.items())).encode())
        for path in files:
            digest.update(Path(path).read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the screen on data/risk and, as harmless, on a fixed choice of the intents' own examples."""
        everyday: dict[str, list[str]] = defaultdict(list)
        for example in training_data.intent_examples:
            everyday[example.get(INTENT)].append(example.get(TEXT))
        few = random.Random(0).sample  # noqa: S311 (a choice of examples, not a secret)
        harmless = [
            text
            for intent, texts in everyday.items()
            for text in few(
                texts,
                len(texts)
                if intent.startswith(PERSONAL) or KINDS[intent] == "small_talk"
                else min(self._settings.everyday, len(texts)),
            )
        ]
        risky = risk_examples()
        examples = [*risky, *((text, NONE) for text in harmless), *self._beside_questions(risky, everyday)]
        self._trained = Screen.fit(examples, self._head_settings)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._trained, folder / "screen.joblib")
        return self._resource

    def _beside_questions(self, risky: list[tuple[str, str]], everyday: dict[str, list[str]]) -> list[tuple[str, str]]:
        """Dangers, look-alikes and personal messages beside questions.

        Args:
            risky: the risk data, dangers and look-alikes.
            everyday: the intents' examples.
        """
        questions = [
            text
            for intent, texts in everyday.items()
            if KINDS[intent] in ("answer", "not_on_page")
            for text in texts
            if len(text.split()) in _QUESTION_WORDS
        ]
        short = [(text, danger) for text, danger in risky if len(text.split()) in _SENTENCE_WORDS]
        dangers = [example for example in short if example[1] != NONE]
        harmless = [example for example in short if example[1] == NONE]
        harmless += [
            (text, NONE) for intent, texts in everyday.items() if intent.startswith(PERSONAL) for text in texts
        ]
        chance = random.Random(1)  # noqa: S311 (a choice of examples, not a secret)
        chosen = chance.sample(dangers, min(self._settings.dangers_beside, len(dangers)))
        chosen += chance.sample(harmless, min(self._settings.harmless_beside, len(harmless)))
        return beside(chosen, questions, chance)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RiskScreen:
        """Loads the trained screen (a pickle inside the model, like the classifier's head)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._trained = joblib.load(folder / "screen.joblib")
        Thread(target=compile_all, daemon=True).start()
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Judges each message.

        Args:
            messages: with their text and, from the door, perhaps its decision under metadata ``risk``.

        Returns:
            the same messages with :data:`RISK` (:class:`safety.decision.Decision` as a dict) and :data:`RISKY_PARTS`.

        Raises:
            RuntimeError: the component is not trained.
        """
        for message in messages:
            if message.get(TEXT):
                decision, parts = self.judge(message.get(SPACY_DOCS[TEXT]))
                door = (message.get(METADATA) or {}).get(RISK)
                if door:
                    decision = Decision.from_dict(door).raised_by(decision)
                message.set(RISK, decision.as_dict(), add_to_output=True)
                message.set(RISKY_PARTS, parts)
        return messages

    @property
    def screen(self) -> Screen:
        """The trained screen.

        Raises:
            RuntimeError: the component is not trained.
        """
        if self._trained is None:
            raise RuntimeError("The risk screen is not trained. Run 'make train'.")
        return self._trained

    def judge(self, doc: Doc) -> tuple[Decision, list[str]]:
        """The decision of floor and screen together, and the parts of the text that carry the danger."""
        whole = doc.text.strip()
        decision = judge(whole)
        told = sentences(doc)
        runs = _runs(told)
        looked_at = [whole, *runs, *[text for text in told if len(text.split()) >= LONG][:MOST]]
        parts = parts_of(doc)
        texts = list(dict.fromkeys([*looked_at, *parts]))
        screened = dict(zip(texts, self.screen.likeliest(texts)))

        beside = screened[whole][1] >= self._settings.alarm_beside
        in_part = self._settings.alarm_together if beside else self._settings.alarm_in_part
        limits = {**dict.fromkeys(runs, self._settings.alarm_in_run), whole: self._settings.alarm}

        def alarming(text: str) -> bool:
            """Whether the screen by itself raises an alarm at this text."""
            limit = limits.get(text, in_part)
            least = max(limit, self._settings.alarm_when_gentle) if decision.gentle else limit
            return bool(screened[text][1] >= least)

        worst = max(filter(alarming, looked_at), key=lambda text: screened[text][1], default=None)
        risky = [part for part in parts if judge(part).alarm or alarming(part)]
        if worst is not None and not decision.alarm:
            decision = _decision(screened[worst][0], worst, language_of(whole))
            within = [part for part in parts if worst in runs and part in worst]
            risky = risky or (within and [max(within, key=lambda part: screened[part][1])])
        return decision, risky or parts


def _runs(told: list[str]) -> list[str]:
    """The sentences of a message :data:`RUN` at a time, where they are more than that and not very many."""
    if not RUN < len(told) <= MOST_IN_RUNS:
        return []
    return [" ".join(told[start : start + RUN]) for start in range(len(told) - RUN + 1)]


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


#: Small words of one language that are none of the other (spaCy's lists), without accents, as many type them.
_SPANISH_ONLY = frozenset(map(_without_accents, SPANISH)) - ENGLISH
_ENGLISH_ONLY = ENGLISH - frozenset(map(_without_accents, SPANISH))


def language_of(text: str) -> str:
    """``es`` for a text with more small words of Spanish than of English, else ``en``: the card is in its language."""
    words = re.findall(r"[^\W\d_]+", _without_accents(text.lower()))
    spanish = sum(word in _SPANISH_ONLY for word in words)
    return "es" if spanish > sum(word in _ENGLISH_ONLY for word in words) else "en"


def _decision(danger: str, words: str, language: str) -> Decision:
    """The screen's finding in the floor's terms; its words are the part in which it saw the danger."""
    whose = "other" if danger == "crisis_other" else "own"
    name = "crisis" if danger == "crisis_other" else danger
    return Decision(danger=name, whose=whose, sure="possible", words=(words,), language=language)


def trained_component(model: Path) -> RiskScreen:
    """The risk screen out of a model archive, for measuring without a server.

    Args:
        model: an archive that ``rasa train`` wrote.
    """
    with TemporaryDirectory() as folder:
        storage, metadata = LocalModelStorage.from_model_archive(Path(folder), model)
        node = next(n for n in metadata.predict_schema.nodes.values() if n.uses.__name__ == RiskScreen.__name__)
        config = {**RiskScreen.get_default_config(), **node.config}
        return RiskScreen.load(config, storage, node.resource, ExecutionContext(GraphSchema({})))
