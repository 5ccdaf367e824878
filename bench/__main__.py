"""`python -m bench`: all of it, quickly; `python -m bench NAME --help` for one with its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench import conformance as conformance_bench
from bench import guide as guide_bench
from bench import matte as matte_bench
from bench import memory as memory_bench
from bench import portraits as portraits_bench
from bench import rules_table
from bench import series as series_bench
from bench import speed as speed_bench
from bench.labels import LABELS
from gradphoto.portrait.weights import WeightsError

PhotosOption = Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="Photos of your own.")]

NO_PHOTOS = (
    "Evaluating needs photos and their labels: make evaluate PHOTOS=folder\n"
    "bench/labels.csv labels 115 photos of public repositories by file name; they are not shipped. For photos of your\n"
    "own, write such a table (columns: bench/labels.py) and name it with --labels.\n"
    "Without photos: python -m bench series degrades the shipped samples step by step."
)

app = typer.Typer(name="python -m bench", help=__doc__, add_completion=False, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Measures the picture engine and prints tables."""
    if context.invoked_subcommand is None:
        speed_bench.main(None, speed_bench.RUNS, speed_bench.BATCH)
        memory_bench.main(2 * memory_bench.EVERY)
        matte_bench.main(None, None, False, matte_bench.CASES, None)


@app.command()
def speed(
    photos: PhotosOption = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs a photo, after the warm-up.")] = speed_bench.RUNS,
    batch: Annotated[
        int, typer.Option(min=10, help="Photos for the run with two processes.")
    ] = speed_bench.BATCH,
) -> None:
    """Milliseconds by stage, photos a second, peak memory, start-up."""
    speed_bench.main(photos, runs, batch)


@app.command()
def memory(photos: Annotated[int, typer.Option(min=1, help="How many.")] = 2000) -> None:
    """Resident memory over many photos in one process."""
    memory_bench.main(photos)


@app.command()
def matte(
    photos: PhotosOption = None,
    backgrounds: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="More backgrounds.")
    ] = None,
    variants: Annotated[
        bool, typer.Option(help="Compare network sizes, windows, levels and refinements.")
    ] = False,
    only: Annotated[str, typer.Option(help="Only variants whose name contains this.")] = "",
    cases: Annotated[int, typer.Option(min=1, help="How many composites.")] = matte_bench.CASES,
    sheet: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Picture of all cases, worst first.")
    ] = None,
) -> None:
    """Errors of the matte and of the portrait on composites whose alpha is known.

    People come from those of the photos that have a plain background; without --photos from the shipped samples,
    whose truth is less sure and flatters the engine.
    """
    matte_bench.main(photos, backgrounds, variants or bool(only), cases, sheet, only)


@app.command()
def portraits(
    photos: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of photos.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for portraits and the sheet.")],
    csv: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Table with columns file and tags.")
    ] = None,
    draft: Annotated[bool, typer.Option(help="Make portraits in spite of failed rules.")] = False,
) -> None:
    """How many photos of a folder become portraits, why the others do not, and a contact sheet."""
    portraits_bench.main(photos, csv, out, draft)


@app.command()
def evaluate(
    photos: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Labelled photos.")
    ] = None,
    labels: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Table like bench/labels.csv.")
    ] = LABELS,
    out: Annotated[
        Path, typer.Option(file_okay=False, help="Folder for plots, sheets and the cache.")
    ] = Path("out/evaluation"),
    standard: Annotated[str, typer.Option(help="Photo standard.")] = "chsi-2017",
) -> None:
    """False accepts and false rejects of every rule, on photos whose defects people have labelled."""
    if photos is None:
        raise SystemExit(NO_PHOTOS)
    from bench import evaluate as evaluate_bench  # needs matplotlib, which the other benchmarks do without

    evaluate_bench.main(photos, labels, out, standard)


@app.command()
def guide(runs: Annotated[int, typer.Option(min=1, help="Runs of every frame.")] = 60) -> None:
    """Live guidance for camera frames: milliseconds."""
    guide_bench.main(runs)


@app.command()
def series(
    only: Annotated[str | None, typer.Option(help="Only this rule.")] = None,
    page: Annotated[Path | None, typer.Option(dir_okay=False, help="Markdown file for the table.")] = None,
) -> None:
    """Shipped samples made worse step by step: how well every rule follows."""
    series_bench.main(only, page)


@app.command()
def conformance(write: Annotated[bool, typer.Option(help="Write the table anew.")] = False) -> None:
    """Whether every rule still says of fixed inputs what tests/conformance.csv says."""
    conformance_bench.main(write)


@app.command()
def rules() -> None:
    """Write the table of rules in docs/rules.md anew."""
    rules_table.main()


if __name__ == "__main__":
    try:
        app()
    except WeightsError as error:
        raise SystemExit(f"{error.zh}\n{error.en}") from None
