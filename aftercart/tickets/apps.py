from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "aftercart.tickets"
    default_auto_field = "django.db.models.BigAutoField"
