"""What the safety floor and the masking promise for any text, tried on texts that hypothesis makes.

``python -m benchmarks.fuzz.words SECONDS`` (the door's environment); the last line is the counts as JSON.
"""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks.fuzz import nasty
from benchmarks.fuzz.promise import Answer, Tally
from safety import Decision, compile_all, judge
from safety.decision import DANGERS
from web.privacy.masking import mask

ROOT = Path(__file__).resolve().parents[2]
#: Texts of each kind in a round, and in the first one.
_BATCH, _FIRST = 40, 10
#: Times as long a text, and how many times as long its judging may then take. The clock of a busy machine is rough.
_LONGER, _MORE_TIME = 8, 24
#: Seconds below which a time says nothing.
_ROUGH = 0.05


def telling_sentences() -> list[str]:
    """Sentences of danger, and look-alikes, by writers who did not see the floor."""
    texts: list[str] = []
    for path in sorted((ROOT / "tests" / "safety" / "held_out").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["risk"]:
            lines = [line.removeprefix("- ").partition(" || ")[0] for line in entry["examples"].splitlines()]
            texts += [line for line in lines if line]
    return texts


_SENTENCES = telling_sentences()
_NASTY = [text for texts in nasty.TEXTS.values() for text in texts]
_PRIVATE = (
    *("312-555-0188", "jo@example.org", "536-90-4399", "my name is Maria Lopez", "dr patel", "12 Oak Street, 60035"),
    *("born 4/5/1961", "i'm 93", "4111 1111 1111 1111", "https://example.org/?id=77123", "member id AB12345678"),
)
#: Pieces of texts: what tells, what is private, what is nasty, anything.
_PIECES = st.one_of(
    st.sampled_from(_SENTENCES),
    st.sampled_from(_PRIVATE),
    st.sampled_from([text[:80] for text in _NASTY]),
    st.text(max_size=30),
    st.sampled_from([word for text in _SENTENCES for word in text.split()]),
)
texts = st.lists(_PIECES, max_size=8).map(" ".join)
sentences = st.sampled_from(_SENTENCES)

#: Characters that nobody sees, and marks that sit on a letter.
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_MARKS = "\u0300\u0301\u0302\u0303\u0308\u0323\u0331\u0335"


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def _mathematical(text: str) -> str:
    return "".join(chr(0x1D41A + ord(letter) - 97) if "a" <= letter <= "z" else letter for letter in text)


def _strewn(characters: str) -> Callable[[str], str]:
    return lambda text: "".join(
        letter + characters[at % len(characters)] if letter.isalpha() else letter for at, letter in enumerate(text)
    )


#: What may be done to a text without the floor's seeing another one (safety/normalise.py: _bare).
NOISES: dict[str, Callable[[str], str]] = {
    "unseen characters": _strewn(_UNSEEN),
    "marks on letters": _strewn(_MARKS),
    "wide letters": _wide,
    "mathematical letters": _mathematical,
    "curly apostrophes": lambda text: text.replace("'", "\u2019"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
}


def seen(decision: Decision) -> Decision:
    """A decision without the words that led to it, which are shown as they were typed."""
    return replace(decision, words=())


def broken_by_floor(text: str) -> str:
    """What is wrong with the judgement of a text: it is one, the same each time, and comes in time."""
    first = judge(text)
    if first != judge(text):
        return "judged otherwise the second time"
    if first.danger not in DANGERS or first.alarm != (first.sure != "none"):
        return f"no decision: {first}"
    return ""


def broken_by_noise(text: str, noise: str) -> str:
    """What is wrong with the judgement of a text that has such noise in it: it is that of the text without."""
    plain, noisy = judge(text), judge(NOISES[noise](text))
    return "" if seen(plain) == seen(noisy) else f"{plain.danger} became {noisy.danger} with {noise}"


def broken_by_length(text: str) -> str:
    """Whether judging takes more time for a longer text than the text is longer."""
    short, long = (_seconds(text * times) for times in (10, 10 * _LONGER))
    return "" if long <= _MORE_TIME * max(short, _ROUGH / _LONGER) else f"{short:.3f} s, {_LONGER} times: {long:.3f} s"


def _seconds(text: str) -> float:
    started = time.process_time()
    judge(text)
    return time.process_time() - started


def broken_by_masking(text: str) -> str:
    """What is wrong with the masking of a text.

    Masked again it stays as it is, and no alarm is lost in it: the words that raised it can still be read.
    """
    before = judge(text)
    masked = mask(text, before.words)
    if mask(masked, before.words) != masked:
        return f"masked again it is {mask(masked, before.words)!r}"
    after = judge(masked)
    if before.alarm and not after.alarm:
        return f"{before.danger} was lost in {masked!r}"
    return ""


def try_all(seconds: float, tallies: defaultdict[str, Tally]) -> None:
    """Tries each promise in turns, for a time; other texts in each round. The first round, a short one, is whole."""
    tries: list[tuple[str, Callable[[str], str], st.SearchStrategy[str]]] = [
        ("floor: any text", broken_by_floor, st.one_of(texts, st.text(max_size=400))),
        *((f"floor: {noise}", lambda text, noise=noise: broken_by_noise(text, noise), sentences) for noise in NOISES),
        ("floor: length", broken_by_length, st.one_of(sentences, st.text(min_size=1, max_size=60))),
        ("masking: any text", broken_by_masking, texts),
    ]
    until, round_number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        for kind, broken, strategy in tries:
            _batch(kind, broken, strategy, round_number, until if round_number else float("inf"), tallies[kind])
        round_number += 1


def _batch(
    kind: str,
    broken: Callable[[str], str],
    strategy: st.SearchStrategy[str],
    round_number: int,
    until: float,
    tally: Tally,
) -> None:
    @seed(round_number)
    @settings(
        max_examples=_BATCH if round_number else _FIRST,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(text: str) -> None:
        if time.monotonic() > until:
            return
        started = time.perf_counter()
        try:
            found = broken(text)
        except Exception as error:  # noqa: BLE001 (that it never fails is the promise)
            found = f"{type(error).__name__}: {error}"
        tally.note(f"{kind}: {text[:160]!r}", Answer(200, {}, b"", time.perf_counter() - started), found)

    one()


def main() -> int:
    """Tries everything."""
    compile_all()
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    try_all(float(sys.argv[1]), tallies)
    print(json.dumps({kind: tally.as_dict() for kind, tally in tallies.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
