from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagement", "0002_closing_and_folded_touches")]

    operations = [
        migrations.RemoveIndex(model_name="message", name="messages_due"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=("not_before", "id"),
                name="messages_due",
                condition=models.Q(state__in=("waiting", "sending")),
            ),
        ),
    ]
