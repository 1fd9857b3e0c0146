from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "kesher.customers"
    label = "customers"
