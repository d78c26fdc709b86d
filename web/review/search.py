"""Full-text search over what visitors wrote: FTS5 on SQLite, tsvector with a GIN index on PostgreSQL.

The index has one document for each conversation. The migration makes its table, and the database itself takes a
document away with its summary's row.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from web.chat.writing import writing

TABLE = "review_words"

#: For the migration: how each database makes the index, and takes it away.
MAKE = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, tokenize = 'porter unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER {TABLE}_gone AFTER DELETE ON review_conversationsummary "  # noqa: S608
        f"BEGIN DELETE FROM {TABLE} WHERE rowid = old.id; END",
    ],
    "postgresql": [
        f"CREATE TABLE {TABLE} (summary_id bigint PRIMARY KEY REFERENCES review_conversationsummary (id) "
        "ON DELETE CASCADE, words tsvector NOT NULL)",
        f"CREATE INDEX {TABLE}_gin ON {TABLE} USING gin (words)",
    ],
}
DROP = {
    "sqlite": [f"DROP TRIGGER {TABLE}_gone", f"DROP TABLE {TABLE}"],
    "postgresql": [f"DROP TABLE {TABLE}"],
}
_PUT = {
    "sqlite": f"INSERT OR REPLACE INTO {TABLE} (rowid, words) VALUES (%s, %s)",  # noqa: S608 (a constant)
    "postgresql": f"INSERT INTO {TABLE} (summary_id, words) VALUES (%s, to_tsvector('english', %s)) "  # noqa: S608
    "ON CONFLICT (summary_id) DO UPDATE SET words = excluded.words",
}
_FIND = {
    "sqlite": f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s",  # noqa: S608
    "postgresql": f"SELECT summary_id FROM {TABLE} WHERE words @@ to_tsquery('english', %s)",  # noqa: S608
}


#: Finds up to which they are named one by one: the database then looks at these alone, and not at every conversation in
#: turn until a page is full, which for rare words is all of them.
_FEW = 1000


def put(summary: int, words: str) -> None:
    """Puts the words of a conversation into the index, in place of those that were there."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT[connection.vendor], [summary, words])


#: Pages that one step of merging may write.
_STEP = 200
_STEPS = 50


def merge() -> bool:
    """Merges the index's segments on SQLite, so that words of deleted conversations leave its file; whether all have.

    A deletion only notes that a document is gone (https://sqlite.org/fts5.html#the_merge_command). Each step is a short
    transaction; after so many of them the rest is left to the next call.
    """
    for _ in range(_STEPS):
        with writing(), connection.cursor() as cursor:
            before = cursor.connection.total_changes
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('merge', %s)", [-_STEP])  # noqa: S608
            if cursor.connection.total_changes - before < 2:
                return True
    return False


def matching(words: str) -> Q:
    """The summaries whose conversation holds all of some words, the last one as the beginning of a word.

    Nothing that is typed is an operator. Words without any letter or digit find nothing.
    """
    tokens = re.findall(r"\w+", words)[:12]
    if not tokens:
        return Q(pk__in=[])
    if connection.vendor == "postgresql":
        query = " & ".join([*tokens[:-1], f"{tokens[-1]}:*"])
    else:
        query = " ".join([*(f'"{token}"' for token in tokens[:-1]), f'"{tokens[-1]}"*'])
    find = _FIND[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"{find} LIMIT %s", [query, _FEW + 1])
        few = [number for (number,) in cursor.fetchall()]
    found: Any = few if len(few) <= _FEW else RawSQL(find, [query])  # noqa: S611 (a constant with one parameter)
    return Q(pk__in=found)
