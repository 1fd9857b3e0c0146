from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kesher.billing"
    label = "billing"
