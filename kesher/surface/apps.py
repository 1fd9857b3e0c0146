from django.apps import AppConfig


class SurfaceConfig(AppConfig):
    name = "kesher.surface"
    label = "surface"
