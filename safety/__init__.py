"""The safety floor: text in, decision out. Pure Python; its files are read once, at import."""

from safety.decision import Decision
from safety.floor import SAFETY_FILES, compile_all, judge

__all__ = ["SAFETY_FILES", "Decision", "compile_all", "judge"]
