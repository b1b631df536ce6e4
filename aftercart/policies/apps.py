from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "aftercart.policies"
    default_auto_field = "django.db.models.BigAutoField"
