"""The table of all rules in `docs/rules.md`, made of the rules and the national rule's limits.

python -m bench rules
"""

from __future__ import annotations

import inspect
import math
from pathlib import Path

from gradphoto.portrait.rules import RULES, Rule
from gradphoto.portrait.standard import RuleLimits, load_standard

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"
BEGIN, END = "<!-- rules: begin -->", "<!-- rules: end -->"
HEADER = "| rule | 名称 | title | good | tolerated | worst | measured |\n|---|---|---|---|---|---|---|\n"


def main() -> None:
    """Writes the table anew into the page, between its marks; the rest of the page stays."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(page), encoding="utf-8")
    print(f"{len(RULES)} rules in {PAGE.name}")


def with_table(page: str) -> str:
    """The page with the table as it should be. Raises ValueError where the marks are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no marks for the table")
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def tables() -> str:
    """One table a group, in the order of the report."""
    groups: dict[str, list[Rule]] = {}
    for rule in RULES.values():
        groups.setdefault(rule.group, []).append(rule)
    return "\n".join(f"### {group}\n\n{HEADER}{''.join(map(_row, rules))}" for group, rules in groups.items())


def _row(rule: Rule) -> str:
    limits = load_standard("chsi-2017").rules[rule.code]
    cells = (
        f"`{rule.code}`",
        rule.zh.title,
        rule.en.title,
        _band(limits.good, rule.unit),
        "" if limits.tolerated is None else _band(limits.tolerated, rule.unit),
        limits.worst,
        _measured(rule, limits),
    )
    return f"| {' | '.join(cells)} |\n"


def _measured(rule: Rule, limits: RuleLimits) -> str:
    """The first sentence of the rule's own words."""
    words = " ".join((inspect.getdoc(rule.measure) or "").partition("\n\n")[0].split())
    return words.replace("|", "\\|") if limits.worst != "off" else "off"


def _band(band: tuple[float, float], unit: str) -> str:
    low, high = band
    if math.isinf(low):
        return f"≤ {high:g} {unit}".strip()
    if math.isinf(high):
        return f"≥ {low:g} {unit}".strip()
    return f"{low:g} {unit}".strip() if low == high else f"{low:g} – {high:g} {unit}".strip()
