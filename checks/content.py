"""Holds what the assistant says and learns from to the page. Run by ``make check``.

Every finding is one sentence that names the file and the line. ``python -m checks.content`` ends with status 1 when
there is any.
"""

from __future__ import annotations

import re
import string
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import textstat
import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

ROOT = Path(__file__).resolve().parent.parent

KINDS = [
    "greeting",
    "answer",
    "not_on_page",
    "personal",
    "crisis",
    "emergency",
    "clarify",
    "small_talk",
    "fallback",
    "unavailable",
    "note",
]
#: Keys that each kind of entry may have; anything else is a slip of the pen.
METADATA_KEYS = {"kind", "section", "facts", "label", "next", "benefit", "language", "other_words"}
FACT_KEYS = {"section", "says", "figures"}
SECTION_KEYS = {"title", "anchor"}
CLINIC_KEYS = {
    *("clinic_name", "clinic_phone", "page_url", "emergency", "lifeline", "lifeline_name", "lifeline_chat"),
    *("lifeline_hours", "lifeline_veterans_key", "lifeline_spanish_key", "poison_help", "domestic_violence"),
    *("hours", "time_zone"),  # optional
}
#: Keys without which a file is of no use.
NEEDED_KEYS = {
    "data/page.yml": ("sections", "facts"),
    "data/clinic.yml": ("clinic_phone", "poison_help", "domestic_violence"),
    "domain.yml": ("intents", "responses"),
}
#: Intents that nlu/ sets by itself and that no example teaches.
UNTAUGHT = {
    *("unsure", "no_more", "crisis", "crisis_third_party", "self_harm_emergency", "body_emergency", "violence_at_home"),
    "harm_to_others",
}
#: Names in braces that the reply maker fills from the message, and the door from the opening hours.
MESSAGE_WORDS = {"condition", "drug", "open_until", "opens"}
MOST_WORDS = {"crisis": 115, "emergency": 115}
MOST_WORDS_OTHERWISE = 62
HIGHEST_GRADE = {"crisis": 6.0, "emergency": 6.0}
HIGHEST_GRADE_OTHERWISE = 8.0
MOST_TOPICS_OFFERED = 3
FEWEST_TESTS = 3
#: Share of an intent's examples that may be near copies of another one (see docs/decisions/near-copies.md).
MOST_NEAR_COPIES = 0.15
NEAR_COPY_COSINE = 0.95

_NUMBER_WORDS = [
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "percent",
    "half",
    "third",
    "quarter",
    "dozen",
    "dollar",
    "dollars",
    "january",
    "february",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_FIGURE = re.compile(r"[$€]?\d[\d.,:/]*\d*(?:s\b|\s?%)?|\b(?:" + "|".join(_NUMBER_WORDS) + r")\b", re.IGNORECASE)
_BRACES = re.compile(r"\{([a-z_]*)\}")


@dataclass(frozen=True, order=True)
class Finding:
    """Something to mend: where, and what, in a sentence."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def normalised(sentence: str) -> str:
    """A sentence without case, punctuation and double spaces: two that are equal then count as the same."""
    return " ".join(re.sub(r"[^\w\s]", "", sentence.lower()).split()) or sentence.strip()


class Content:
    """The content files of a checkout, with the line of everything in them.

    Raises:
        ContentError: a file is missing or is not YAML.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.page, self.clinic, self.domain = (self._read(name) for name in NEEDED_KEYS)
        self._check_texts()
        self.training = list(self._examples("data/nlu"))
        self.tests = list(self._examples("tests/understanding"))
        self.risk_training = list(self._examples("data/risk", "risk", "danger"))
        self.risk_tests = list(self._examples("tests/safety/held_out", "risk", "danger"))

    def _read(self, name: str) -> Any:
        content = _parsed(name, self._text(name), YAML(typ="rt").load)
        if not isinstance(content, dict):
            raise ContentError(f"{name}:1: has to hold keys and values.")
        for key in NEEDED_KEYS[name]:
            if key not in content:
                raise ContentError(f"{name}:1: the key '{key}' is missing.")
        return content

    def _text(self, name: str) -> str:
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except OSError as error:
            raise ContentError(f"{name}: cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise ContentError(f"{name}: cannot be read: it is not UTF-8 text.") from error

    def _check_texts(self) -> None:
        """Stops at what every check takes for a text and is none."""
        for name, fact in self.page["facts"].items():
            for figure in fact.get("figures", []):
                if not isinstance(figure, str):
                    line = self.line(self.page["facts"], name)
                    raise ContentError(
                        f"data/page.yml:{line}: the figure {figure} of '{name}' needs quotes: \"{figure}\"."
                    )
        for name, variations in self.domain["responses"].items():
            if not all(isinstance(response.get("text"), str) for response in variations):
                line = self.line(self.domain["responses"], name)
                raise ContentError(f"domain.yml:{line}: {name} has no text.")

    def _examples(self, folder: str, entries: str = "nlu", label: str = "intent") -> Iterator[Example]:
        """Those of all files of a folder, read by the library's fast half: they are many."""
        for path in sorted((self.root / folder).glob("*.yml")):
            name = path.relative_to(self.root).as_posix()
            root = _parsed(name, self._text(name), lambda text: yaml.compose(text, yaml.CSafeLoader))
            for entry in _nodes(root).get(entries, yaml.SequenceNode("", [])).value:
                parts = _nodes(entry)
                for key in (label, "examples"):
                    if key not in parts:
                        raise ContentError(f"{name}:{entry.start_mark.line + 1}: an entry lacks the key '{key}'.")
                first = parts["examples"].start_mark.line + 1
                register = _nodes(parts.get("metadata")).get("register", yaml.ScalarNode("", "")).value
                for offset, text in enumerate(parts["examples"].value.splitlines(), start=1):
                    if text.startswith("- "):
                        yield Example(text[2:].strip(), parts[label].value, name, first + offset, register)

    def line(self, entries: Any, key: str) -> int:
        """Line of a key in one of the YAML mappings."""
        return int(entries.lc.key(key)[0]) + 1


class ContentError(Exception):
    """A content file cannot be read at all, or lacks what all checks need."""


def _parsed(name: str, text: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text)
    except (MarkedYAMLError, yaml.MarkedYAMLError) as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"{name}:{line}: is not YAML that can be read: {error.problem}.") from error


def _nodes(mapping: Any) -> dict[str, Any]:
    """The values of a mapping of YAML nodes by their keys; none of what is no mapping."""
    return {key.value: value for key, value in mapping.value} if isinstance(mapping, yaml.MappingNode) else {}


@dataclass(frozen=True)
class Example:
    """One sentence of the training or the test data."""

    text: str
    intent: str
    file: str
    line: int
    register: str


def check_keys(content: Content) -> Iterator[Finding]:
    """No key that nothing reads."""
    for name, entries, known in (
        ("data/clinic.yml", {"": content.clinic}, CLINIC_KEYS),
        ("data/page.yml", content.page["sections"], SECTION_KEYS),
        ("data/page.yml", content.page["facts"], FACT_KEYS),
        ("data/page.yml", {"": content.page}, {"sections", "facts"}),
    ):
        for entry in entries.values():
            for key in entry:
                if key not in known:
                    yield Finding(name, content.line(entry, key), f"'{key}' is not a known key.")
    for fact_name, fact in content.page["facts"].items():
        if fact.get("section") not in content.page["sections"]:
            yield Finding(
                "data/page.yml",
                content.line(content.page["facts"], fact_name),
                f"the fact '{fact_name}' names the section '{fact.get('section')}', which the page does not have.",
            )


def check_facts_are_stated(content: Content) -> Iterator[Finding]:
    """Every fact of the page is in some reply."""
    stated = {
        fact
        for variations in content.domain["responses"].values()
        for response in variations
        for fact in response.get("metadata", {}).get("facts", [])
    }
    for fact in content.page["facts"]:
        if fact not in stated:
            yield Finding(
                "data/page.yml", content.line(content.page["facts"], fact), f"no reply states the fact '{fact}'."
            )


def check_replies(content: Content) -> Iterator[Finding]:
    """Each reply: known keys, facts and names, no figure of its own, short and easy enough to read."""
    responses = content.domain["responses"]
    labels: dict[str, str] = {}
    for name, variations in responses.items():
        line = content.line(responses, name)
        for response in variations:
            for what in _reply_faults(content, str(response["text"]), response.get("metadata", {})):
                yield Finding("domain.yml", line, f"{name} {what}")
            label = response.get("metadata", {}).get("label")
            if label and labels.setdefault(label, name) != name:
                yield Finding("domain.yml", line, f"{name} has the same label as {labels[label]}.")
    taught = {f"utter_{intent}" for intent in content.domain["intents"]}
    for missing in sorted(taught - set(responses)):
        yield Finding("domain.yml", content.line(content.domain, "intents"), f"there is no reply '{missing}'.")


def _reply_faults(content: Content, text: str, metadata: Any) -> Iterator[str]:
    yield from _metadata_faults(content, metadata)
    yield from _text_faults(content, text, metadata)
    other_words = metadata.get("other_words")
    if not isinstance(other_words, str) or not other_words.strip():
        if "other_words" in metadata or metadata.get("kind") == "answer":
            yield "needs other_words: the same, said in simpler words."
        return
    for what in _text_faults(content, other_words, metadata):
        yield f"in its other words {what}"
    if normalised(other_words) == normalised(text):
        yield "has the same words in other_words as in its text."
    for name in sorted(set(_BRACES.findall(text)) ^ set(_BRACES.findall(other_words))):
        yield f"has {{{name}}} in only one of its text and its other words."


def _text_faults(content: Content, text: str, metadata: Any) -> Iterator[str]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        yield "has a { or a } that has no partner."
        names = []
    for name in names:
        if name not in MESSAGE_WORDS and name not in content.clinic:
            yield f"has {{{name}}}, which data/clinic.yml does not have."
    facts = [content.page["facts"].get(name, {}) for name in metadata.get("facts", [])]
    allowed = " ".join(figure for fact in facts for figure in fact.get("figures", []))
    for figure in _FIGURE.findall(_BRACES.sub("", text)):
        if figure.lower() not in allowed.lower().split():
            yield f"has the figure '{figure}', which is in none of its facts."
    kind, plain = metadata.get("kind"), _BRACES.sub("it", text)
    words = len(plain.split())
    if words > MOST_WORDS.get(kind, MOST_WORDS_OTHERWISE):
        yield f"is too long: {words} words."
    grade = 0.0 if "language" in metadata else float(textstat.flesch_kincaid_grade(plain))  # a formula for English
    if grade > HIGHEST_GRADE.get(kind, HIGHEST_GRADE_OTHERWISE):
        yield f"is too hard to read: grade {grade:.1f} (Flesch-Kincaid)."


def _metadata_faults(content: Content, metadata: Any) -> Iterator[str]:
    kind, responses = metadata.get("kind"), content.domain["responses"]
    for key in metadata:
        if key not in METADATA_KEYS:
            yield f"has the unknown metadata key '{key}'."
    if kind not in KINDS:
        yield f"has the kind '{kind}', which is none of {', '.join(KINDS)}."
    if kind == "answer" and not (metadata.get("section") and metadata.get("facts")):
        yield "is an answer and so needs a section and the facts that it states."
    if "section" in metadata and metadata["section"] not in content.page["sections"]:
        yield f"names the section '{metadata['section']}', which data/page.yml does not have."
    for fact in metadata.get("facts", []):
        if fact not in content.page["facts"]:
            yield f"names the fact '{fact}', which data/page.yml does not have."
    for topic in metadata.get("next", []):
        if not (responses.get(f"utter_{topic}") or [{}])[0].get("metadata", {}).get("label"):
            yield f"offers the topic '{topic}', which has no reply with a label."
    if len(metadata.get("next", [])) > MOST_TOPICS_OFFERED:
        yield f"offers more than {MOST_TOPICS_OFFERED} topics."


def check_examples(content: Content) -> Iterator[Finding]:
    """Every taught intent has tests; no sentence stands under two intents, or in training and in test data."""
    intents = set(content.domain["intents"])
    tests: dict[str, int] = defaultdict(int)
    for example in content.tests:
        tests[example.intent] += 1
    for position, intent in enumerate(content.domain["intents"]):
        if intent not in UNTAUGHT and tests[intent] < FEWEST_TESTS:
            line = int(content.domain["intents"].lc.item(position)[0]) + 1
            what = f"the intent '{intent}' has {tests[intent]} test sentences; it needs at least {FEWEST_TESTS}."
            yield Finding("domain.yml", line, what)
    seen: dict[str, Example] = {}
    for example in [*content.training, *content.tests]:
        if example.intent not in intents:
            yield Finding(example.file, example.line, f"'{example.intent}' is not an intent of domain.yml.")
        first = seen.setdefault(normalised(example.text), example)
        if first.intent != example.intent:
            what = f"'{example.text}' is also under '{first.intent}' ({first.file}:{first.line})."
            yield Finding(example.file, example.line, what)
        elif first is not example and first.file.split("/")[0] != example.file.split("/")[0]:
            what = f"'{example.text}' is in the training data too ({first.file}:{first.line})."
            yield Finding(example.file, example.line, what)
        elif first is not example:
            yield Finding(example.file, example.line, f"'{example.text}' stands twice ({first.file}:{first.line}).")


def check_risk_examples(content: Content) -> Iterator[Finding]:
    """No risk sentence stands under two dangers, or in training and in held-out data."""
    seen: dict[str, Example] = {}
    for example in [*content.risk_training, *content.risk_tests]:
        first = seen.setdefault(normalised(example.text), example)
        if first is not example:
            what = f"'{example.text}' is also in {first.file}:{first.line}, as '{first.intent}'."
            yield Finding(example.file, example.line, what)


def near_copies(content: Content) -> dict[str, float]:
    """For each intent, the share of its training examples whose nearest neighbour in it is a near copy (0 to 1)."""
    from nlu.encoder import shared_encoder

    by_intent: dict[str, list[str]] = defaultdict(list)
    for example in content.training:
        by_intent[example.intent].append(example.text)
    shares = {}
    for intent, texts in by_intent.items():
        vectors = shared_encoder().meanings(texts)
        cosines = vectors @ vectors.T
        cosines[range(len(texts)), range(len(texts))] = -1.0
        shares[intent] = float((cosines.max(axis=1) > NEAR_COPY_COSINE).mean())
    return shares


def check_variety(content: Content, shares: dict[str, float]) -> Iterator[Finding]:
    """No intent is taught by filling slots in a template."""
    places = {example.intent: example for example in reversed(content.training)}
    for intent, share in shares.items():
        if share > MOST_NEAR_COPIES:
            what = (
                f"{share:.0%} of the examples of '{intent}' are near copies of another ({MOST_NEAR_COPIES:.0%} may be)."
            )
            yield Finding(places[intent].file, places[intent].line, what)


def check_numbers(content: Content, files: Iterable[Path]) -> Iterator[Finding]:
    """A number to call stands in data/clinic.yml and nowhere else."""
    keys = ("clinic_phone", "poison_help", "domestic_violence")
    long_numbers = [re.sub(r"\D", r"[-. ()]*", str(content.clinic[key]).removeprefix("1-")) for key in keys]
    # 988 and 911 as words of a text or in an address to call, not as a part of another number
    pattern = re.compile(rf"{'|'.join(long_numbers)}|(?<![\w.#-])(?:988|911)(?![\w.-]*\d)")
    for path in files:
        for number, text in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), start=1):
            found = pattern.search(text)
            if found:
                what = f"the number {found.group()} is written out; name it from data/clinic.yml instead."
                yield Finding(path.relative_to(content.root).as_posix(), number, what)


def files_without_numbers(root: Path) -> list[Path]:
    """Code, replies and configuration: all that git knows, less the places where a number may be written out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    code = (".py", ".yml", ".yaml", ".toml", ".cfg", ".ts", ".tsx", ".js", ".css", ".html", ".sh", ".conf")
    exempt = (
        "docs/",
        "tests/",
        "README",
        "CHANGELOG",
        "data/nlu/",
        "data/risk/",
        "data/clinic.yml",
        "safety/patterns",
        "web/chat/static/",
        "checks/",
    )
    return [
        root / name
        for name in listed
        if name.endswith(code) and not name.startswith(exempt) and (root / name).is_file()
    ]


def findings(content: Content, shares: dict[str, float]) -> list[Finding]:
    """All findings of all checks, by file and line; ``shares`` are those of :func:`near_copies`."""
    return sorted(
        [
            *check_keys(content),
            *check_facts_are_stated(content),
            *check_replies(content),
            *check_examples(content),
            *check_risk_examples(content),
            *check_variety(content, shares),
            *check_numbers(content, files_without_numbers(content.root)),
        ]
    )


def main() -> int:
    """Prints the findings; 0 when there are none."""
    try:
        content = Content()
    except ContentError as error:
        print(error)
        return 1
    shares = near_copies(content)
    found = findings(content, shares)
    for finding in found:
        print(finding)
    worst = sorted(shares.items(), key=lambda item: -item[1])[:5]
    print("Near copies, worst intents:", ", ".join(f"{intent} {share:.0%}" for intent, share in worst))
    print(
        f"{len(found)} to mend."
        if found
        else f"Content is in order: {len(content.training)} examples, {len(content.tests)} tests."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
