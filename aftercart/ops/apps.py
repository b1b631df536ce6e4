from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "aftercart.ops"
    default_auto_field = "django.db.models.BigAutoField"
