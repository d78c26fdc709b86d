"""The door as a Django application."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Named so that its tables are chat_message and so on."""

    name = "web.chat"
    label = "chat"
