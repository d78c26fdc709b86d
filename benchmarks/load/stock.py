"""The peer: an assistant as ``rasa init`` makes it, with Rasa's default pipeline and policies, on our sentences.

It knows the same intents, replies and rules. The dangers, which in ours are found by the floor and the screen, are
intents here, with our risk data as their examples; the look-alikes have no intent of their own and are left out. As
``rasa init`` does, it has stories beside the rules: a greeting, then one question.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import resource
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from checks.learn import DANGER_INTENTS
from safety.replies import CLINIC

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench" / "stock"
MODEL = FOLDER / "models" / "stock.tar.gz"
TRAINED = FOLDER / "trained.json"
#: Names in braces that ours fills from the message, and what stock says instead.
WORDS = {"condition": "other conditions", "drug": "other medicines"}
#: What Rasa itself trains when config.yml names no pipeline and no policies, which is what `rasa init` writes.
DEFAULTS = "engine/recipes/config_files/default_config.yml"
EPOCHS = "epochs"


class _Block(str):
    """Text that is written as a literal block."""


yaml.SafeDumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "|")
)


def write_project(epoch_fraction: float = 1.0, every: int = 1, folder: Path = FOLDER) -> str:
    """Writes the project's files.

    Args:
        epoch_fraction: see :func:`train`.
        every: likewise.
        folder: where to.

    Returns:
        sha256 of all that it is trained from.
    """
    shutil.rmtree(folder / "data", ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))
    stories = [
        {"story": rule["rule"], "steps": [{"intent": "greet"}, {"action": "utter_greet"}, *rule["steps"]]}
        for rule in rules["rules"]
        if rule["rule"] != "greet"
    ]
    unsure = {"rule": "not understood", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_out_of_scope"}]}
    files = {
        "config.yml": _dump(_config(epoch_fraction)),
        "domain.yml": _dump(_domain()),
        "credentials.yml": "rest:\n",
        "endpoints.yml": "action_endpoint:\n  url: http://127.0.0.1:5055/webhook\n",
        "data/nlu.yml": _dump({"version": "3.1", "nlu": _examples(every)}),
        "data/rules.yml": _dump({"version": "3.1", "rules": [*rules["rules"], unsure]}),
        "data/stories.yml": _dump({"version": "3.1", "stories": stories}),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _dump(content: Any) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=200)


def _config(epoch_fraction: float) -> dict[str, Any]:
    """Rasa's defaults, with a part of their epochs (`rasa train --epoch-fraction` is for finetuning only)."""
    defaults = yaml.safe_load((importlib.resources.files("rasa") / DEFAULTS).read_text(encoding="utf-8"))
    config = {"recipe": "default.v1", "assistant_id": "stock", "language": "en"}
    config |= {part: defaults[part] for part in ("pipeline", "policies")}
    for component in [*defaults["pipeline"], *defaults["policies"]]:
        if EPOCHS in component:
            component[EPOCHS] = max(1, round(component[EPOCHS] * epoch_fraction))
    return config


def _domain() -> dict[str, Any]:
    """Our domain, its replies as plain texts."""
    domain: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, variations in domain["responses"].items():
        text = variations[0]["text"].strip()
        domain["responses"][name] = [{"text": text.format_map(_Kept({**CLINIC, **WORDS}))}]
    return domain


class _Kept(dict[str, str]):
    """Leaves a name in braces as it stands when it has no value."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _examples(every: int) -> list[dict[str, Any]]:
    """Every so-many-th example of each intent, and two of each at least."""
    texts: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            texts[entry["intent"]] += [line for line in entry["examples"].splitlines() if line.startswith("- ")]
    for path in sorted((ROOT / "data" / "risk").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["risk"]:
            if entry["danger"] in DANGER_INTENTS:
                lines = [line for line in entry["examples"].splitlines() if line.startswith("- ")]
                texts[DANGER_INTENTS[entry["danger"]]] += lines
    return [
        {
            "intent": intent,
            "examples": _Block("".join(f"{line}\n" for line in _some(list(dict.fromkeys(lines)), every))),
        }
        for intent, lines in texts.items()
    ]


def _some(lines: list[str], every: int) -> list[str]:
    return lines[::every] if len(lines) >= 2 * every else lines[:2]


def train(epoch_fraction: float = 1.0, every: int = 1) -> dict[str, Any]:
    """Trains, unless a model of the same data is there.

    Args:
        epoch_fraction: part of the default epochs (0 to 1).
        every: 1 to train on all examples, 10 on a tenth of them.

    Returns:
        what is known of the training: ``data`` (sha256), ``examples``, ``epoch_fraction``, ``seconds``,
        ``cpu_seconds`` (of all cores together: on a busy machine they say more).

    Raises:
        subprocess.CalledProcessError: training failed; var/bench/stock/train.log says why.
    """
    data = write_project(epoch_fraction, every)
    if MODEL.is_file() and TRAINED.is_file():
        known: dict[str, Any] = json.loads(TRAINED.read_text(encoding="utf-8"))
        if known["data"] == data:
            return known
    print("Training the stock assistant (half an hour or more on two cores, once) ...", flush=True)
    trained = timed(["train", "--quiet", "--fixed-model-name", "stock"], FOLDER)
    examples = sum(len(entry["examples"].splitlines()) for entry in _examples(every))
    known = {"data": data, "examples": examples, "epoch_fraction": epoch_fraction, **trained}
    TRAINED.write_text(json.dumps(known, indent=1), encoding="utf-8")
    return known


def timed(arguments: list[str], folder: Path, log_folder: Path | None = None) -> dict[str, float]:
    """Runs Rasa's command line.

    Args:
        arguments: of the command.
        folder: of the project.
        log_folder: where train.log goes; the project's, unless given.

    Returns:
        ``seconds`` by the clock and ``cpu_seconds`` of it and what it started.

    Raises:
        subprocess.CalledProcessError: it ended with an error.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with ((log_folder or folder) / "train.log").open("w") as log:
        subprocess.run([sys.executable, "-m", "rasa", *arguments], cwd=folder, stdout=log, stderr=log, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": round(time.monotonic() - started, 1), "cpu_seconds": round(cpu, 1)}


if __name__ == "__main__":
    print(json.dumps(train(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), indent=1))
