from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "kesher.reactions"
    label = "reactions"

    def ready(self):
        for module in iter_modules(self.module.__path__):
            import_module(f"{self.name}.{module.name}")
