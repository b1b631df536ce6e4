from django.apps import AppConfig


class WordsConfig(AppConfig):
    name = "aftercart.words"
    default_auto_field = "django.db.models.BigAutoField"
