"""Lists the licence of every pinned package, as its metadata names it, and refuses those that nobody has looked at.

``python -m checks.licences`` writes docs/licences.md; run by ``make sbom``. The environments have to be synced.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "docs/licences.md"
#: Each lock with its environment. The widget's packages are used to build it; Preact alone is in the bundle.
LOCKS = {
    "assistant": ("requirements.lock", ".venv"),
    "door": ("web/requirements.lock", "web/.venv"),
    "tools": ("benchmarks/requirements.lock", "benchmarks/.venv"),
}
WIDGET = "widget/package-lock.json"
#: May be used in any work, as long as their notices are kept.
PERMISSIVE = frozenset(
    {
        *("MIT", "MIT-0", "MIT-CMU", "BSD", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC", "PSF-2.0"),
        *("Unlicense", "CC0-1.0", "Zlib", "TCL", "CNRI-Python", "ZPL-2.1"),
    }
)
#: May be used as libraries that are not changed and that anybody can replace: installed beside us, not part of us.
LIBRARY = frozenset(["LGPL", "LGPL-2.1-or-later", "LGPL-3.0-only", "MPL-1.1", "MPL-2.0"])
#: What older metadata calls them.
_SPDX = {
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License v2.0": "Apache-2.0",
    "BSD License": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
}
#: Read in the package's own licence file, where its metadata says nothing.
_READ = {"axe-playwright-python": "MIT"}


def pinned(lock: str) -> dict[str, str]:
    """The packages of a lock and their versions, by folded name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {folded(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==([\w.!+-]+)", text)}


def folded(name: str) -> str:
    """A package's name as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(package: Distribution) -> str:
    """The licence that a package's metadata names, as an SPDX expression as far as there is one; empty for none."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = [
        entry.rpartition(" :: ")[2] for entry in metadata.get_all("Classifier") or () if "License ::" in entry
    ]
    stated = metadata["License"] if "License" in metadata else ""  # noqa: SIM401 (its type has no get in Python 3.10)
    named = [name for name in classifiers if name != "OSI Approved"] or [stated]
    known = [_SPDX.get(name.splitlines()[0].strip(), name.splitlines()[0].strip()) for name in named if name]
    return " OR ".join(known) or _READ.get(folded(metadata["Name"]), "")


def allowed(licence: str) -> bool:
    """Whether one of the choices of an expression holds only licences that were looked at."""
    choices = [set(re.findall(r"[\w.+-]+", choice)) - {"AND"} for choice in re.split(r"\bOR\b", licence)]
    return any(choice and choice <= PERMISSIVE | LIBRARY for choice in choices)


def listed() -> list[tuple[str, str, str, str]]:
    """Name, version, licence and user (assistant, door, tools, widget) of every pinned package.

    Raises:
        LookupError: an environment does not hold what its lock pins.
    """
    rows = []
    for user, (lock, environment) in LOCKS.items():
        folders = [str(path) for path in (ROOT / environment).glob("lib/python3*/site-packages")]
        installed = {folded(found.metadata["Name"]): found for found in distributions(path=folders)}
        for name, version in pinned(lock).items():
            if name not in installed or installed[name].version != version:
                raise LookupError(f"{environment} does not hold {name} {version}: run 'make setup'.")
            rows.append((name, version, licence_of(installed[name]), user))
    packages = json.loads((ROOT / WIDGET).read_text(encoding="utf-8"))["packages"]
    rows += [
        (path.removeprefix("node_modules/"), entry["version"], entry.get("license", ""), "widget")
        for path, entry in packages.items()
        if path
    ]
    return sorted(rows)


def page(rows: list[tuple[str, str, str, str]]) -> str:
    """The list as a page."""
    lines = [
        "# Licences of all that is pinned\n",
        "Written by `make sbom` from the packages' metadata; `checks/licences.py` refuses what nobody has looked at.\n",
        "| package | version | licence | used by |",
        "|---|---|---|---|",
        *(f"| {name} | {version} | {licence} | {user} |" for name, version, licence, user in rows),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Writes the page; 1 when a licence is not known to be compatible."""
    try:
        rows = listed()
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    (ROOT / PAGE).write_text(page(rows), encoding="utf-8")
    wrong = [row for row in rows if not allowed(row[2])]
    for name, version, licence, user in wrong:
        print(
            f"{name} {version} ({user}): {licence or 'no licence named'}. Look at it: checks/licences.py",
            file=sys.stderr,
        )
    print(f"{len(rows)} licences listed in {PAGE}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
