"""The spaCy pipeline: English tokens, sentences, and the names of conditions and medicines.

It is built here, from spaCy's own English rules and ``data/vocabulary.yml``; no trained model is downloaded.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

import spacy
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.nlu.utils.spacy_utils import SpacyNLP as StockSpacyNLP
from spacy.language import Language

VOCABULARY = Path(__file__).resolve().parent.parent / "data" / "vocabulary.yml"


def build_language(vocabulary: Path = VOCABULARY) -> Language:
    """A blank English pipeline with a sentencizer and an entity ruler over the vocabulary.

    Args:
        vocabulary: YAML file that maps an entity label to {name to show: [ways to write it]}.

    Raises:
        OSError: the file cannot be read.
    """
    language = spacy.blank("en")
    language.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "…", "\n", ";"]})
    ruler: Any = language.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    entries = yaml.safe_load(vocabulary.read_text(encoding="utf-8"))
    with language.select_pipes(enable=["entity_ruler"]):
        ruler.add_patterns(
            [
                {"label": label, "pattern": spelling, "id": name}
                for label, names in entries.items()
                for name, spellings in names.items()
                for spelling in {name, *(spellings or [])}
            ]
        )
    return language


@lru_cache(maxsize=1)
def _built(vocabulary: Path, digest: str) -> Language:
    """The pipeline of this process: Rasa asks for it twice at each start, which would take half a second each."""
    return build_language(vocabulary)


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="SpacyNLP",
)
class SpacyNLP(StockSpacyNLP):
    """Rasa's SpacyNLP on our own pipeline.

    It keeps the stock name because Rasa hands the pipeline to other spaCy components by that name. ``model`` in
    config.yml is the file of the vocabulary.
    """

    @staticmethod
    def load_model(spacy_model_name: str) -> SpacyModel:
        """Builds the pipeline; its fingerprint is that of the vocabulary and of this file.

        Rasa's own takes the model's name for a fingerprint, so that a changed vocabulary would be restored from cache.
        """
        path = VOCABULARY.parent.parent / spacy_model_name
        content = path.read_bytes() + Path(__file__).read_bytes() + spacy.__version__.encode()
        digest = hashlib.sha256(content).hexdigest()
        return SpacyModel(model=_built(path, digest), model_name=digest)

    @staticmethod
    def ensure_proper_language_model(nlp: Optional[Language]) -> None:
        """Nothing to ensure: a pipeline that is built here has no path on disk, which is what the stock check wants."""
