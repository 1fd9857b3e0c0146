from django.db import migrations, models


class Migration(migrations.Migration):
    """The branches, teams and owner of an entry, to judge a match without asking the index."""

    dependencies = [("core", "0005_imports")]
    operations = [
        migrations.AddField(
            model_name="searchentry",
            name="scope",
            field=models.TextField(default=""),
        ),
    ]
