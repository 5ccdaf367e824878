"""gradphoto: from a student's phone photo to a registered graduation portrait."""

__version__ = "0.1.0"
