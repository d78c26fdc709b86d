"""An export holds what the filter lets through, streams, and does nothing to the spreadsheet that opens it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from fake_rasa import FakeRasa
from staffing import ask, signed_in
from visitor import Visitor

from web.review.models import AuditEntry
from web.review.views import export
from web.review.views.export import harmless


@pytest.fixture
def manager(http: Any) -> Client:
    return signed_in("manager", "maria")


def content(response: Any) -> str:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response.streaming_content).decode()  # type: ignore[arg-type]


def test_csv_and_json_lines_hold_the_turns_of_the_filter(
    manager: Client, new_visitor: Callable[[], Visitor], rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_BATCH", 2)
    for number in range(5):
        ask(new_visitor(), rasa, f"what does it cost {number}", "cost", kind="not_on_page")
    ask(new_visitor(), rasa, "how long is it")
    text = content(manager.get("/staff/export?format=csv&topic=cost"))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["visitor"] for row in rows] == [f"what does it cost {number}" for number in range(5)]
    assert {row["kinds"] for row in rows} == {"not_on_page"}
    lines = [json.loads(line) for line in content(manager.get("/staff/export?format=jsonl")).splitlines()]
    assert len(lines) == 6
    assert lines[-1]["topics"] == ["session_length"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|x", "%x"])
def test_no_cell_is_a_formula(manager: Client, cell: str) -> None:
    assert harmless(cell).startswith("'")


def test_a_visitors_formula_is_text_in_the_file(manager: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, '=HYPERLINK("http://evil.example","click")')
    text = content(manager.get("/staff/export?format=csv"))
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["visitor"].startswith("'=HYPERLINK")
    assert [harmless(value) for value in ("plain", 3, None)] == ["plain", 3, None]


def test_an_export_is_in_the_audit_trail_without_the_words_searched(
    manager: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, "how long is it")
    content(manager.get("/staff/export?format=csv&language=en&q=secret"))
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.actor, entry.detail["filters"], entry.detail["words"]) == ("maria", {"language": "en"}, True)
    assert "secret" not in str(entry.detail)
