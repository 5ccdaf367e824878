"""`docs/third-party.md` names every runtime package and fetched file, and none is under the GPL or AGPL."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from gradphoto.portrait.weights import FILES, PackagedFile

ROOT = Path(__file__).parents[1]
LOCKED = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements/base.txt").read_text(), re.MULTILINE)
PAGE = (ROOT / "docs/third-party.md").read_text(encoding="utf-8")
STRONG_COPYLEFT = re.compile(r"(?<!L)GPL|Affero|(?<!Lesser )General Public License")


def test_page_names_exactly_the_locked_packages() -> None:
    table = PAGE.partition("## Packages")[2].partition("## Files")[0]
    assert re.findall(r"^\| ([a-z0-9-]+) \|", table, re.MULTILINE)[1:] == sorted(set(LOCKED))


@pytest.mark.parametrize("line", FILES, ids=lambda line: line.name)
def test_page_names_every_fetched_file(line: PackagedFile) -> None:
    rows = [row for row in PAGE.splitlines() if re.search(rf"[| ,]{re.escape(line.file)}[ ,]", row)]
    assert len(rows) == 1
    assert f"{line.archive.project} {line.archive.version}" in rows[0]
    assert line.licence.removeprefix("LicenseRef-").replace("public-domain", "public domain") in rows[0]


@pytest.mark.parametrize("name", sorted(set(LOCKED)))
def test_package_is_not_under_strong_copyleft(name: str) -> None:
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        pytest.skip("not needed on this system")
    said = [*told.get_all("License-Expression", []), *told.get_all("License", [])]
    said += [line for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    first_lines = [licence.partition("\n")[0] for licence in said]
    assert first_lines
    assert not STRONG_COPYLEFT.search("\n".join(first_lines))
