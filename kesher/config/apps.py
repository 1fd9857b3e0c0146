from django.apps import AppConfig, apps


class ConfigApp(AppConfig):
    name = "kesher.config"
    label = "config"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate  # noqa: PLC0415 - needs loaded models

        from kesher.config import upkeep  # noqa: PLC0415

        # Sent once for each part that has tables, when all tables are there; one of them will do.
        post_migrate.connect(upkeep.after_migrate, sender=apps.get_app_config("core"))
