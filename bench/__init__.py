"""Benchmarks of the picture engine. They print tables; nothing here passes or fails by the clock."""
