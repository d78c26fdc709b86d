"""Where the examples stand that the assistant learns from. Read once; nothing here writes."""

from __future__ import annotations

import re
from functools import cache

from safety.replies import ROOT


@cache
def example_files() -> dict[str, str]:
    """The file with the examples of each intent, and of each danger as ``danger:<name>``."""
    files: dict[str, str] = {}
    for folder, key, prefix in (("nlu", "intent", ""), ("risk", "danger", "danger:")):
        for path in sorted((ROOT / "data" / folder).glob("*.yml")):
            for name in re.findall(rf"^ *- {key}: (\w+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
                files.setdefault(prefix + name, f"data/{folder}/{path.name}")
    return files
