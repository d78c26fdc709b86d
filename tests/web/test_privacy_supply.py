"""What is installed is pinned, licensed and listed (docs/supply.md)."""

from __future__ import annotations

import json
import re

import pytest
from packaging.requirements import Requirement
from running_door import ROOT

from checks.licences import LOCKS, PAGE, WIDGET, allowed, folded, pinned

_ROWS = [
    tuple(cell.strip() for cell in line.strip("|\n").split("|"))
    for line in (ROOT / PAGE).read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| package |")
]


@pytest.mark.parametrize("lock", [lock for lock, _ in LOCKS.values()])
def test_every_package_is_locked_with_hashes(lock: str) -> None:
    """As pip-audit and `pip install --require-hashes` read it: one version, its hashes, no address."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) > 50
    for line in lines:
        head, *hashes = re.split(r"\s+--hash=", line.strip())
        requirement = Requirement(head)
        assert [clause.operator for clause in requirement.specifier] == ["=="], line[:60]
        assert hashes, line[:60]
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), line[:60]
        assert requirement.url is None
        assert "://" not in line


def test_every_package_of_the_widget_is_locked_with_its_hash() -> None:
    packages = json.loads((ROOT / WIDGET).read_text(encoding="utf-8"))["packages"]
    for path, entry in packages.items():
        assert not path or entry["integrity"].startswith("sha512-"), path


@pytest.mark.parametrize("user", [*LOCKS, "widget"])
def test_the_list_of_licences_holds_all_that_is_pinned(user: str) -> None:
    listed = {name: version for name, version, _, by in _ROWS if by == user}
    if user == "widget":
        packages = json.loads((ROOT / WIDGET).read_text(encoding="utf-8"))["packages"]
        wanted = {path.removeprefix("node_modules/"): entry["version"] for path, entry in packages.items() if path}
    else:
        wanted = pinned(LOCKS[user][0])
    assert listed == wanted, "run 'make sbom'"


def test_every_licence_is_one_that_was_looked_at() -> None:
    assert [row for row in _ROWS if not allowed(row[2])] == []


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "MIT AND GPL-3.0-only", "AGPL-3.0-or-later", "Proprietary"])
def test_others_are_refused(licence: str) -> None:
    assert not allowed(licence)
    assert allowed(f"{licence} OR MIT") or not licence


def test_each_package_of_which_an_advisory_is_told_is_pinned_at_that_version() -> None:
    """The list would go stale unseen when a lock moves on."""
    page = (ROOT / "docs" / "supply.md").read_text(encoding="utf-8").partition("## Advisories")[2]
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| ") and "CVE" in line]
    told = [pair for row in rows for pair in re.findall(r"([\w-]+) (\d[\w.]*)", row)]
    locked = pinned("requirements.lock")
    assert len(told) >= 15
    assert [(name, version) for name, version in told if locked.get(folded(name)) != version] == []
