"""The audit trail is still only added to; an entry may go once it is six years old (45 CFR 164.316(b)(2)(i))."""

from typing import Any

from django.db import migrations

_KEPT = {
    "sqlite": [
        "DROP TRIGGER review_audit_no_delete",
        "CREATE TRIGGER review_audit_no_delete BEFORE DELETE ON review_auditentry "
        "WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%S', 'now', '-6 years') "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION review_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '6 years' THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'the audit trail is only added to'; END $$",
    ],
}
_ALWAYS = {
    "sqlite": [
        "DROP TRIGGER review_audit_no_delete",
        "CREATE TRIGGER review_audit_no_delete BEFORE DELETE ON review_auditentry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION review_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$",
    ],
}


def six_years(apps: Any, editor: Any) -> None:
    for statement in _KEPT[editor.connection.vendor]:
        editor.execute(statement, params=None)


def always(apps: Any, editor: Any) -> None:
    for statement in _ALWAYS[editor.connection.vendor]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("review", "0002_search_audit_roles")]

    operations = [migrations.RunPython(six_years, always)]
