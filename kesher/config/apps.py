from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "kesher.config"
    label = "config"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate  # noqa: PLC0415 - needs loaded models

        from kesher.config import upkeep  # noqa: PLC0415

        # Sent once for this part, the last on the list, when all tables are there.
        post_migrate.connect(upkeep.after_migrate, sender=self)
