from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The chat on shops' pages, and the live updates of our own."""

    name = "aftercart.chat"
