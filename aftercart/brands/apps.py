from django.apps import AppConfig


class BrandsConfig(AppConfig):
    name = "aftercart.brands"
    default_auto_field = "django.db.models.BigAutoField"
