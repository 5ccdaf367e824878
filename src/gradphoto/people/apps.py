"""Django's name for this part."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """gradphoto.people."""

    name = "gradphoto.people"
    label = "people"
