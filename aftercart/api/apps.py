from django.apps import AppConfig


class ApiConfig(AppConfig):
    """No tables: the typed JSON API, and the script that shops put into their pages."""

    name = "aftercart.api"
