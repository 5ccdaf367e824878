"""Django's name for this part."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """gradphoto.jobs."""

    name = "gradphoto.jobs"
    label = "jobs"
