from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "kesher.organization"
    label = "organization"
