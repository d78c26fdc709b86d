"""What is installed, and what a visitor's browser is sent."""

from __future__ import annotations

import gzip
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "web" / "chat" / "static" / "chat"


def folder_megabytes(folder: Path) -> float:
    """Size of all files in a folder, each counted once."""
    seen = {path.stat().st_ino: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return round(sum(seen.values()) / 1e6, 1)


def widget_bytes() -> dict[str, int]:
    """Bytes over the wire (gzip) of each file of the widget."""
    return {
        path.relative_to(STATIC).as_posix(): len(gzip.compress(path.read_bytes(), 9, mtime=0))
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in (".js", ".css") and path.is_file()
    }
