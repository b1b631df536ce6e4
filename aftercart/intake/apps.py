from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "aftercart.intake"
    default_auto_field = "django.db.models.BigAutoField"
