"""Schools, teaching points, roles of staff."""
