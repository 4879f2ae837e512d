"""PostgreSQL: rows that others follow carry the id of their transaction, see changes.py."""

from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in ("entry", "change"):
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint)")
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN xid SET NOT NULL")
        schema_editor.execute(f"CREATE INDEX {table}_order ON {table} (xid, seq)")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
