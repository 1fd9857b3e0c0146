"""Products that are there get the folded name by which they are sorted; roles what goes along."""

from django.db import migrations

from kesher.core.text import fold



def fold_names(apps, schema_editor):
    product = apps.get_model("catalog", "Product")
    rows = list(product.objects.filter(folded="").only("pk", "name"))
    for row in rows:
        row.folded = fold(row.name)[:200]
    product.objects.bulk_update(rows, ["folded"], batch_size=400)


def grant_what_goes_along(apps, schema_editor):
    """Whoever sees products sees their prices; whoever changes them may take the list out."""
    grant = apps.get_model("organization", "Grant")
    held = list(grant.objects.filter(kind="catalog.product"))
    wanted = [(one.role_id, "catalog.price", one.action, one.scope) for one in held]
    for one in held:
        if one.action == "change":
            wanted.append((one.role_id, "catalog.product", "export", one.scope))
            wanted.append((one.role_id, "catalog.price", "export", one.scope))
    for role, kind, action, scope in wanted:
        grant.objects.get_or_create(
            role_id=role, kind=kind, action=action, defaults={"scope": scope}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_prices"),
        ("organization", "0002_sessions_and_one_address"),
    ]

    operations = [
        migrations.RunPython(fold_names, migrations.RunPython.noop),
        migrations.RunPython(grant_what_goes_along, migrations.RunPython.noop),
    ]
