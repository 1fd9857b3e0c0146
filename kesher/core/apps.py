from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

ANSWERS = (
    "policy", "fields", "search", "person", "imports", "exports", "jobs", "timeline", "undo",
)  # fmt: skip


class CoreConfig(AppConfig):
    name = "kesher.core"
    label = "core"

    def ready(self):
        """Collect each part's answers to the questions that core asks."""
        import_module("kesher.core.among")
        for answer in ANSWERS:
            autodiscover_modules(answer)
