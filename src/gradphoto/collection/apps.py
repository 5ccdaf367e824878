"""Django's name for this part."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """gradphoto.collection."""

    name = "gradphoto.collection"
    label = "collection"
