from django.db import migrations, models

import kesher.core.monthday


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="customer", name="customer_by_birth"),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                kesher.core.monthday.MonthDay("birth_on"),
                condition=models.Q(("birth_on__isnull", False)),
                name="customer_by_birthday",
            ),
        ),
    ]
