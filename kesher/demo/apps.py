from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "kesher.demo"
    label = "demo"
