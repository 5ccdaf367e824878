"""Django's name for this part."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """gradphoto.web."""

    name = "gradphoto.web"
    label = "web"
