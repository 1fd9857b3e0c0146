from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "kesher.catalog"
    label = "catalog"
