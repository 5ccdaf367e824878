"""Django's name for this part."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """gradphoto.messages."""

    name = "gradphoto.messages"
    label = "notices"
