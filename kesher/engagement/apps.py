from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "kesher.engagement"
    label = "engagement"
