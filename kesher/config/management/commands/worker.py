from django.core.management.base import BaseCommand

from kesher.config.checks import refuse_unsound


class Command(BaseCommand):
    help = "Run the worker and the clock alone, beside or far from the pages."
    requires_system_checks = ()

    def handle(self, **_options) -> None:
        refuse_unsound(tell=self.stderr.write)
        from kesher.config.serving.death import end_with_parent  # noqa: PLC0415
        from kesher.config.serving.worker import Worker  # noqa: PLC0415

        end_with_parent()
        Worker().run()
