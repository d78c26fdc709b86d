"""The committed bundle is what its source says, small, and holds the clinic's own numbers."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from visiting import CLINIC, ROOT, STATIC

WIDGET = ROOT / "widget"
PANELS = ["widget-panel.js", "widget-panel-es.js"]
SELDOM = ["widget-handoff.js", "widget-handoff-es.js"]
FILES = ["widget.js", *PANELS, *SELDOM]
REBUILD = "run `npm ci && npm run build` in widget/ and commit the result"
KIB = 1024


def sources_hash() -> str:
    """As widget/build.mjs makes it."""
    paths = [path.relative_to(WIDGET).as_posix() for path in (WIDGET / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted([*paths, "build.mjs", "package-lock.json", "tsconfig.json"]):
        digest.update(f"{path}\0".encode() + (WIDGET / path).read_bytes() + b"\0")
    return digest.hexdigest()


def zipped(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


@pytest.mark.parametrize("name", FILES)
def test_the_bundle_is_built_from_the_source_beside_it(name: str) -> None:
    banner, code = (STATIC / name).read_text(encoding="utf-8").split("\n", 1)
    sources, body = re.findall(r"(?<= )[0-9a-f]{8}(?= )", banner)
    assert sources_hash().startswith(sources), f"widget/ has changed since {name} was built: {REBUILD}"
    assert hashlib.sha256(code.encode()).hexdigest().startswith(body), f"{name} was changed by hand: {REBUILD}"


@pytest.mark.skipif(not (WIDGET / "node_modules").exists() or not shutil.which("node"), reason="Node is not set up")
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=WIDGET, check=True, capture_output=True)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == {
        name: (STATIC / name).read_bytes() for name in FILES
    }


@pytest.mark.parametrize("name", FILES)
def test_the_bundle_holds_the_clinics_own_name_and_numbers(name: str) -> None:
    code = (STATIC / name).read_text(encoding="utf-8")
    for key in ("clinic_name", "clinic_phone", "lifeline", "emergency"):
        assert CLINIC[key] in code, f"{key} in data/clinic.yml has changed since {name} was built: {REBUILD}"
    assert set(re.findall(r"\d{3}-\d{3}-\d{4}", code)) == {CLINIC["clinic_phone"]}


def test_the_source_has_no_number_of_its_own() -> None:
    for path in (WIDGET / "src").rglob("*.ts*"):
        assert not re.findall(r"\b(988|911|\d{3}-\d{3}-\d{4})\b", path.read_text(encoding="utf-8")), path


def test_a_page_pays_little_for_the_launcher_and_a_visitor_little_for_all() -> None:
    assert zipped("widget.js") <= 2 * KIB
    for panel in PANELS:  # docs/decisions/widget-size.md
        assert zipped("widget.js") + zipped(panel) <= 15 * KIB, panel
    for seldom in SELDOM:
        assert zipped(seldom) <= 5 * KIB, seldom
