"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradphoto.portrait.weights import FILES, model_file, models_folder


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The folder of the real models, font and samples, all checked; `make test` fetches them beforehand."""
    for line in FILES:
        model_file(line.name)
    return models_folder()
