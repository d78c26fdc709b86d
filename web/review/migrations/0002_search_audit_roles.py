"""The full-text index, the triggers that keep the audit trail as it was written, and the roles."""

from typing import Any

from django.db import migrations

from web.review import search
from web.review.roles import ROLES

_REFUSE = {
    "sqlite": [
        f"CREATE TRIGGER review_audit_no_{verb.lower()} BEFORE {verb} ON review_auditentry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION review_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$",
        "CREATE TRIGGER review_audit_kept BEFORE UPDATE OR DELETE ON review_auditentry "
        "FOR EACH ROW EXECUTE FUNCTION review_audit_refuse()",
    ],
}
_ALLOW = {
    "sqlite": ["DROP TRIGGER review_audit_no_update", "DROP TRIGGER review_audit_no_delete"],
    "postgresql": [
        "DROP TRIGGER review_audit_kept ON review_auditentry",
        "DROP FUNCTION review_audit_refuse",
    ],
}


def make(apps: Any, editor: Any) -> None:
    for statement in [*search.MAKE[editor.connection.vendor], *_REFUSE[editor.connection.vendor]]:
        editor.execute(statement)
    for role in ROLES:
        apps.get_model("auth", "Group").objects.get_or_create(name=role)


def drop(apps: Any, editor: Any) -> None:
    for statement in [*_ALLOW[editor.connection.vendor], *search.DROP[editor.connection.vendor]]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make, drop)]
