"""Django's name for this part."""

from django.apps import AppConfig


class MoneyConfig(AppConfig):
    """gradphoto.money."""

    name = "gradphoto.money"
    label = "money"
