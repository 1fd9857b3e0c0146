from django.db import migrations, models


class Migration(migrations.Migration):
    """The key of a form holds what was typed; its answer is an address."""

    dependencies = [("core", "0007_forms_sent_once")]
    operations = [
        migrations.RemoveField("doneonce", "content"),
        migrations.RemoveField("doneonce", "answer"),
        migrations.AddField(
            "doneonce",
            "where",
            models.CharField(max_length=300, blank=True, default=""),
            preserve_default=False,
        ),
    ]
