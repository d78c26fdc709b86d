"""Privacy as a Django application."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Named so that its tables are privacy_erasure and so on."""

    name = "web.privacy"
    label = "privacy"
