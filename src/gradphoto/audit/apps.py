"""Django's name for this part."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """gradphoto.audit."""

    name = "gradphoto.audit"
    label = "audit"
