from django.apps import AppConfig


class UnderstandingConfig(AppConfig):
    name = "aftercart.understanding"
    default_auto_field = "django.db.models.BigAutoField"
