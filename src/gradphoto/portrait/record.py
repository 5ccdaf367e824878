"""How a portrait was made, as JSON beside it: enough for anyone to make it again and compare.

The record names files by hash only: no file name, no date, nothing about the person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from gradphoto import __version__
from gradphoto.portrait.standard import Standard
from gradphoto.portrait.weights import model_file

SCHEMA = "gradphoto-record/1"
MODELS = ("face-detection-full-range", "face-detection-short-range", "face-mesh", "iris", "modnet")
LIBRARIES = ("numpy", "opencv-python-headless", "openvino", "pi-heif", "pillow")


def make_record(
    source: dict[str, Any],
    standard: Standard,
    operations: Sequence[dict[str, Any]],
    output: dict[str, Any],
    failed_rules: Sequence[str],
    warned_rules: Sequence[str] = (),
) -> dict[str, Any]:
    """The record of one portrait; the same inputs give the same record. `source` and `output` hold a `sha256` each.

    With failed rules it is the record of a draft; of rules that warned a reviewer decides.
    """
    return {
        "schema": SCHEMA,
        "source": source,
        "engine": {"name": "gradphoto", "version": __version__, "sha256": engine_sha256()},
        "libraries": {name: version(name) for name in LIBRARIES},
        "models": [_model(name) for name in MODELS],
        "standard": {"sha256": standard.sha256, "values": standard.model_dump(mode="json")},
        "operations": list(operations),
        "output": output,
        "failed_rules": list(failed_rules),
        "warned_rules": list(warned_rules),
    }


@cache
def engine_sha256() -> str:
    """Of the engine's own Python files, in order of their names: two copies of a version can be told apart."""
    folder = Path(str(files("gradphoto.portrait")))
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _model(name: str) -> dict[str, str]:
    model = model_file(name)
    return {"name": name, "sha256": model.sha256, "from": model.package or "user"}
