from django.db import migrations, models


class Migration(migrations.Migration):
    """A form that comes twice is done once."""

    dependencies = [("core", "0006_search_scope")]
    operations = [
        migrations.CreateModel(
            name="DoneOnce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=64)),
                ("content", models.CharField(max_length=64)),
                ("answer", models.BigIntegerField(null=True)),
                ("done_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("actor_id", "key"), name="done_once")
                ],
            },
        ),
    ]
