from django.db import migrations


def watch(apps, _schema):
    """Of health and of what is confidential each reading is kept, as in a new business."""
    keys = ("health", "confidential")
    apps.get_model("organization", "Classification").objects.filter(key__in=keys).update(
        is_watched=True
    )


class Migration(migrations.Migration):
    dependencies = (("organization", "0003_access_is_kept"),)
    operations = (migrations.RunPython(watch, migrations.RunPython.noop),)
