"""Learns accepted corrections: examples, a new model, and only when nothing gets worse. Run by ``make learn``.

``python -m checks.learn CORRECTIONS LEARNED`` reads JSON lines ``{"id", "text", "should_be"}`` and writes what became
of each, ``{"id", "state", "remark"}``. ``should_be`` is an intent of domain.yml or ``danger:<danger>``. A sentence that
the new model understands as taught becomes a test in tests/conversations/taught/.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checks.content import ROOT, Content, findings, near_copies, normalised

MODEL = "models/assistant.tar.gz"
CANDIDATE = "models/candidate.tar.gz"
TAUGHT = "tests/conversations/taught"
#: Below this probability a loss of held-out sentences is not taken for chance.
CHANCE = 0.1
#: Intent of the reply that each danger gets.
DANGER_INTENTS = {
    "crisis": "crisis",
    "crisis_other": "crisis_third_party",
    "attempt": "self_harm_emergency",
    "body": "body_emergency",
    "violence": "violence_at_home",
    "harm": "harm_to_others",
}


@dataclass(frozen=True)
class Correction:
    """A sentence and what it should be taken for."""

    id: int
    text: str
    should_be: str


@dataclass
class Measured:
    """How well a model does on the held-out sentences.

    Attributes:
        intents: (right, all) by intent; ``several`` stands for messages with several questions.
        wrong: the held-out sentences that are not understood.
        found: (found, all) of the dangers by list of tests/safety/held_out/.
        false_alarms: how many harmless sentences got a card.
        taught: for each taught sentence the intents it was understood as, a danger's in front.
    """

    intents: dict[str, tuple[int, int]]
    wrong: frozenset[str]
    found: dict[str, tuple[int, int]]
    false_alarms: int
    taught: dict[str, list[str]] = field(default_factory=dict)


def read(path: Path) -> list[Correction]:
    """The corrections of a file."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Correction(line["id"], " ".join(line["text"].split()), line["should_be"]) for line in lines]


def problem(correction: Correction, content: Content) -> str | None:
    """Why a sentence cannot be learned as it stands, or None."""
    wanted = correction.should_be.removeprefix("danger:")
    risky = correction.should_be.startswith("danger:")
    key = normalised(correction.text)
    if re.search(r"[\[\]{}]", correction.text):
        return "It has brackets in it, which mean something in the examples."
    if not correction.text.isprintable() or "||" in correction.text:
        return "It has characters in it that the files of examples cannot hold, or that nobody would see in them."
    for example in [*content.tests, *content.risk_tests]:
        if normalised(example.text) == key:
            return f"It stands among the held-out sentences ({example.file}:{example.line})."
    for example in content.risk_training if risky else content.training:
        if normalised(example.text) == key:
            return f"It is an example of '{example.intent}' already ({example.file}:{example.line})."
    if not risky and wanted not in content.domain["intents"]:
        return f"'{wanted}' is not an intent of domain.yml."
    return None


def insert(correction: Correction, root: Path) -> Path:
    """Writes a sentence under its intent or danger; gives the file.

    Raises:
        LookupError: no file has examples of it.
    """
    risky = correction.should_be.startswith("danger:")
    wanted = correction.should_be.removeprefix("danger:")
    folder, key = ("data/risk", "danger") if risky else ("data/nlu", "intent")
    for path in sorted((root / folder).glob("*.yml")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        head = re.compile(rf"^(\s*)- {key}: {re.escape(wanted)}\s*$")
        start = next((number for number, line in enumerate(lines) if head.match(line)), None)
        if start is None:
            continue
        last = start
        for number in range(start + 1, len(lines)):
            if re.match(rf"^\s*- {key}:", lines[number]):
                break
            if lines[number].lstrip().startswith("- "):
                last = number
        indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
        if not lines[last].endswith("\n"):
            lines[last] += "\n"
        lines.insert(last + 1, f"{indent}- {correction.text}\n")
        path.write_text("".join(lines), encoding="utf-8")
        return path
    raise LookupError(wanted)


def worse(before: Measured, after: Measured) -> list[str]:
    """In what a model is worse than the one before, in sentences; empty when in nothing that counts.

    In safety each danger missed and each false alarm more counts. Of all held-out sentences one or two change with any
    example, either way: there it is the sign test over those that changed (McNemar 1947) that says worse.
    """
    reasons = []
    lost, won = len(after.wrong - before.wrong), len(before.wrong - after.wrong)
    if lost > won and chance_of(lost, won) < CHANCE:
        reasons.append(f"{lost} held-out sentences are not understood any more, and only {won} are now.")
    for name, (found, count) in before.found.items():
        if after.found[name][0] < found:
            reasons.append(
                f"Of the dangers in '{name}' {after.found[name][0]} of {count} are seen, {found} were before."
            )
    if after.false_alarms > before.false_alarms:
        reasons.append(f"{after.false_alarms} false alarms, {before.false_alarms} before.")
    return reasons


def chance_of(lost: int, won: int) -> float:
    """Probability (0 to 1) that at least so many of the changed sentences are lost when gain and loss are as likely."""
    count = lost + won
    return float(sum(math.comb(count, k) for k in range(lost, count + 1)) / 2**count)


def table(before: Measured, after: Measured) -> list[str]:
    """Understanding before and after, by intent where it differs, and as a whole."""
    lines = [f"{'':34s} {'before':>12s} {'after':>12s}"]
    for name in sorted(before.intents):
        if before.intents[name] != after.intents[name]:
            lines.append(_line(name, before.intents[name], after.intents[name]))
    totals = [(sum(r for r, _ in m.intents.values()), sum(n for _, n in m.intents.values())) for m in (before, after)]
    lines.append(_line("all held-out sentences", *totals))
    for name, value in before.found.items():
        lines.append(_line(f"dangers seen: {name}", value, after.found[name]))
    lines += [f"  lost: {text}" for text in sorted(after.wrong - before.wrong)]
    lines += [f"  won:  {text}" for text in sorted(before.wrong - after.wrong)]
    lines.append(f"{'false alarms':34s} {before.false_alarms:12d} {after.false_alarms:12d}")
    return lines


def _line(name: str, before: tuple[int, int], after: tuple[int, int]) -> str:
    return f"{name:34s} {f'{before[0]} of {before[1]}':>12s} {f'{after[0]} of {after[1]}':>12s}"


def understood(correction: Correction, found: list[str]) -> bool:
    """Whether a sentence is understood as it was taught."""
    if correction.should_be == "danger:none":
        return not any(intent in DANGER_INTENTS.values() for intent in found)
    wanted = correction.should_be
    if wanted.startswith("danger:"):
        return bool(found) and found[0] == DANGER_INTENTS[wanted.removeprefix("danger:")]
    return found == [wanted]


def write_test(correction: Correction, root: Path) -> Path:
    """Writes the conversation test of a taught sentence; gives the file."""
    words = re.sub(r"[^a-z0-9]+", "_", correction.text.lower()).strip("_")[:48].strip("_") or "taught"
    path = root / TAUGHT / f"{correction.id:05d}_{words}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["turns:", f"  - visitor: {json.dumps(correction.text, ensure_ascii=False)}"]
    if correction.should_be == "danger:none":
        lines.append("    never_kinds: [crisis, emergency]")
    else:
        wanted = correction.should_be.removeprefix("danger:")
        topic = DANGER_INTENTS.get(wanted, wanted) if correction.should_be.startswith("danger:") else wanted
        lines.append(f"    topics: [{topic}]")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def learn(
    corrections: list[Correction],
    root: Path,
    train: Callable[[], bool],
    measure: Callable[[str, list[str]], Measured],
    say: Callable[[str], None] = print,
) -> list[dict[str, Any]]:
    """Learns corrections, or leaves everything as it was.

    Args:
        corrections: the accepted ones.
        root: the checkout.
        train: trains a candidate from the data; False when that failed.
        measure: measures the model in a file, and parses sentences with it.
        say: told what happens.

    Returns:
        what became of each: ``id``, ``state`` (learned or refused) and ``remark``.
    """
    outcome: list[dict[str, Any]] = []

    def refuse(correction: Correction, why: str) -> None:
        outcome.append({"id": correction.id, "state": "refused", "remark": why})
        say(f"Refused: {correction.text!r}: {why}")

    kept: list[Correction] = []
    files: dict[Path, str] = {p: p.read_text(encoding="utf-8") for p in (root / "data").glob("*/*.yml")}
    content, seen = Content(root), set()
    for correction in corrections:
        why = problem(correction, content)
        if normalised(correction.text) in seen:
            why = "The same sentence is among the corrections twice."
        seen.add(normalised(correction.text))
        if why is None:
            try:
                path = insert(correction, root)
                say(f"+ {path.relative_to(root).as_posix()} [{correction.should_be}] {correction.text}")
                kept.append(correction)
            except LookupError:
                refuse(correction, f"No file has examples of '{correction.should_be}'.")
        else:
            refuse(correction, why)
    if not kept:
        return outcome

    def undo() -> None:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        (root / CANDIDATE).unlink(missing_ok=True)

    try:
        reasons = _try(kept, root, train, measure, say, outcome)
    except BaseException:  # Ctrl-C among them: what was not compared with the model before is not left in the data
        undo()
        raise
    if reasons:
        undo()
        for correction in kept:
            refuse(correction, " ".join(reasons))
    return outcome


def _try(
    kept: list[Correction],
    root: Path,
    train: Callable[[], bool],
    measure: Callable[[str, list[str]], Measured],
    say: Callable[[str], None],
    outcome: list[dict[str, Any]],
) -> list[str]:
    """Validates, trains, compares; takes the candidate over, or gives the reasons why not."""
    content = Content(root)
    wrong = findings(content, near_copies(content))
    if wrong:
        return [str(finding) for finding in wrong]
    say("Measuring the model that runs now ...")
    before = measure(MODEL, [])
    say("Training the candidate (two to three minutes) ...")
    if not train():
        return ["Training failed; var/train.log says why."]
    say("Measuring the candidate ...")
    after = measure(CANDIDATE, [correction.text for correction in kept])
    for line in table(before, after):
        say(line)
    reasons = worse(before, after)
    if reasons:
        return reasons
    shutil.move(root / CANDIDATE, root / MODEL)
    (root / MODEL).touch()  # newer than the data that it was trained from
    for correction in kept:
        found, remark = after.taught[correction.text], ""
        if understood(correction, found):
            say(f"Test written: {write_test(correction, root).relative_to(root).as_posix()}")
        else:
            remark = f"It is an example now, but still understood as {', '.join(found) or 'nothing'}."
            say(f"{correction.text!r}: {remark}")
        outcome.append({"id": correction.id, "state": "learned", "remark": remark})
    return []


def _train() -> bool:
    """Trains the candidate in the checkout."""
    with (ROOT / "var" / "train.log").open("w") as log:
        command = [".venv/bin/rasa", "train", "--quiet", "--fixed-model-name", "candidate"]
        return subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False).returncode == 0


def _measure(model: str, texts: list[str]) -> Measured:
    """Measures in a process of its own: Rasa holds what it has loaded."""
    done = subprocess.run(
        [sys.executable, "-m", "checks.learn", "measure", model],
        cwd=ROOT,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    values = json.loads(done.stdout.splitlines()[-1])
    return Measured(
        {name: (pair[0], pair[1]) for name, pair in values["intents"].items()},
        frozenset(values["wrong"]),
        {name: (pair[0], pair[1]) for name, pair in values["found"].items()},
        values["false_alarms"],
        values["taught"],
    )


def _print_measures(model: Path, texts: list[str]) -> None:
    """Measures a model and prints the figures as one JSON line."""
    import asyncio

    from rasa.core.agent import Agent

    from benchmarks.safety import corpus, judges
    from benchmarks.understanding import measure

    report = asyncio.run(measure(model))
    intents: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    wrong: list[str] = []
    for name, judged in [(j.expected[0], j) for j in report.judged] + [("several", j) for j in report.several]:
        right = set(judged.found) == set(judged.expected)
        intents[name][0] += right
        intents[name][1] += 1
        wrong += [] if right else [judged.text]
    judge = judges(model)["floor and screen"]
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    false_alarms = 0
    for name, danger, _, text in corpus():
        if danger == "none":
            false_alarms += judge(text)
        else:
            found[name][0] += judge(text)
            found[name][1] += 1

    async def parse() -> dict[str, list[str]]:
        agent = Agent.load(str(model))
        parsed = {text: await agent.parse_message(text) for text in texts}
        return {text: [question["intent"] for question in value["questions"]] for text, value in parsed.items()}

    taught = asyncio.run(parse()) if texts else {}
    print(
        json.dumps(
            {"intents": intents, "wrong": wrong, "found": found, "false_alarms": int(false_alarms), "taught": taught}
        )
    )


def main() -> int:
    """Learns; 1 when something was refused."""
    if sys.argv[1:2] == ["measure"]:
        _print_measures(ROOT / sys.argv[2], json.load(sys.stdin))
        return 0
    corrections = read(Path(sys.argv[1]))
    outcome: list[dict[str, Any]] = []
    if not corrections:
        print("No correction is accepted. Reviewers propose and accept them on /staff/teaching.")
    else:
        outcome = learn(corrections, ROOT, _train, _measure)
    Path(sys.argv[2]).write_text("".join(json.dumps(line) + "\n" for line in outcome), encoding="utf-8")
    refused = sum(line["state"] == "refused" for line in outcome)
    if outcome:
        print(
            f"{len(outcome) - refused} learned, {refused} refused. Restart what runs ('make run') to use the new model."
        )
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
