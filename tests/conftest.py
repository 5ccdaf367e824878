"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradphoto.portrait.weights import FILES, model_file, models_folder
from service_world import registry_server as registry_server
from service_world import world as world


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The folder of the real models, font and samples, all checked; `make test` fetches them beforehand."""
    for line in FILES:
        model_file(line.name)
    return models_folder()
