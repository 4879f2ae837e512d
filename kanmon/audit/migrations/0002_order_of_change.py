"""PostgreSQL: rows carry the id of their transaction, see journal/changes.py."""

from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("ALTER TABLE audit ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint)")
    schema_editor.execute("ALTER TABLE audit ALTER COLUMN xid SET NOT NULL")
    schema_editor.execute("CREATE INDEX audit_order ON audit (xid, seq)")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
