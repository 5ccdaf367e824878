"""Pages of docs/ that are written from the code are as the code is."""

from __future__ import annotations

from pathlib import Path

from gradphoto.collection.states_page import page as states
from gradphoto.settings.page import page as settings_page

DOCS = Path(__file__).parents[2] / "docs"


def test_states_page_is_current() -> None:
    assert (DOCS / "states.md").read_text(encoding="utf-8") == states()


def test_settings_page_is_current() -> None:
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == settings_page()
