from django.db import migrations

from kesher.core.search_index import create


def forwards(apps, schema_editor):
    create(schema_editor.connection)


class Migration(migrations.Migration):
    """The full-text index is not a model: FTS5 tables with triggers, or GIN indexes."""

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
