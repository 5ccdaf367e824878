"""Collector zone: codes, enrolments, collections, photos, review."""
