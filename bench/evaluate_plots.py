"""Pictures of an evaluation: error curves of the rules by group, and sheets of the photos they get wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from bench.error_rates import Spread, error_curve
from bench.judged import THUMBNAIL, Judged
from gradphoto.portrait.rules import RULES

FEW = 3
COLUMNS, MOST = 6, 48
CAPTION = 34


def plot_groups(spreads: Mapping[str, Spread], out: Path) -> list[Path]:
    """One plot a rule group, `curves-GROUP.svg`: false accepts over false rejects as the threshold moves."""
    groups: dict[str, dict[str, Spread]] = {}
    for code, found in spreads.items():
        if min(found[0].size, found[1].size) >= FEW:
            groups.setdefault(RULES[code].group, {})[code] = found
    return [_plot(name, members, out / f"curves-{name}.svg") for name, members in groups.items()]


def _plot(name: str, members: Mapping[str, Spread], path: Path) -> Path:
    figure = Figure(figsize=(4.8, 4.2), layout="constrained")
    axes = figure.subplots()
    for code, (defects, good) in members.items():
        accepts, rejects = error_curve(defects, good)
        axes.plot(
            100 * rejects,
            100 * accepts,
            drawstyle="steps-post",
            label=f"{code} ({defects.size} / {good.size})",
        )
        axes.plot(100 * (good > 0).mean(), 100 * (defects <= 0).mean(), "o", color=axes.lines[-1].get_color())
    axes.plot([0, 100], [0, 100], ":", color="grey", linewidth=0.8)
    axes.set(
        xlabel="good photos flagged, %",
        ylabel="defects passed, %",
        title=name,
        xlim=(-2, 102),
        ylim=(-2, 102),
    )
    axes.legend(
        title="rule (with the defect / good); dot: the limit; dotted: equal errors",
        fontsize=8,
        title_fontsize=8,
    )
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "gradphoto"}):
        figure.savefig(path, metadata={"Date": None})
    return path


def plot_errors(code: str, wrong: Sequence[tuple[Judged, str]], out: Path) -> Path | None:
    """A sheet of the close-ups that rule and people see differently, `errors-CODE.png`; None where there are none."""
    path = out / f"errors-{code}.png"
    path.unlink(missing_ok=True)
    if not wrong:
        return None
    shown = wrong[:MOST]
    width, height = THUMBNAIL[0] + 4, THUMBNAIL[1] + CAPTION
    sheet = Image.new("RGB", (min(COLUMNS, len(shown)) * width, -(-len(shown) // COLUMNS) * height), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for number, (photo, words) in enumerate(shown):
        x, y = number % COLUMNS * width, number // COLUMNS * height
        sheet.paste(Image.fromarray(photo.thumbnail), (x, y))
        draw.text((x + 2, y + THUMBNAIL[1] + 1), f"{photo.file}\n{words}", "darkred", font=font)
    sheet.save(path)
    return path
