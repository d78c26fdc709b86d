"""The words of the handoff, from data/handoff.yml. Read once, at import."""

from __future__ import annotations

from typing import Any, cast

import yaml

from safety.replies import CLINIC, ROOT


def _read() -> dict[str, dict[str, str]]:
    content = cast("dict[str, Any]", yaml.safe_load((ROOT / "data" / "handoff.yml").read_text(encoding="utf-8")))
    return {
        name: {language: text.format_map(CLINIC) for language, text in texts.items()}
        for name, texts in content["mistakes"].items()
    }


#: By name, then by language ("en", "es").
MISTAKES: dict[str, dict[str, str]] = _read()
