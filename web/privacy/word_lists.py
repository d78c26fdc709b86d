"""The lists of words.yml, each as a set; ``public_people`` are sayings and names of several words, and stay a text."""

from __future__ import annotations

from pathlib import Path

import yaml

_READ: dict[str, str] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
PUBLIC_PEOPLE = _READ.pop("public_people")
WORDS: dict[str, frozenset[str]] = {name: frozenset(words.split()) for name, words in _READ.items()}
