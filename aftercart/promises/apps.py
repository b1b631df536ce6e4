from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "aftercart.promises"
    default_auto_field = "django.db.models.BigAutoField"
