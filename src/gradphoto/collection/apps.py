"""Django's name for this part."""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """gradphoto.collection."""

    name = "gradphoto.collection"
    label = "collection"

    def ready(self) -> None:
        """Makes the job handlers and sweeps known to every worker."""
        from gradphoto.collection.actions import judge, review  # noqa: F401
