"""`vedette export`: the archive as files for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.place import PROBLEMS, USAGE, Place

if TYPE_CHECKING:
    from index.archive.archive import Archive
    from index.archive.exports import Chosen

FORMATS = ("jsonl", "csv", "warc", "opml", "datasette")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format", "formats", type=click.Choice(FORMATS), multiple=True, default=("jsonl",), help="May be given again."
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was seen on this day (in China) or later.")
@click.option("--source", help="Only this source.")
@click.option("--document", help="Only this document, by its id or address.")
@click.pass_obj
def command(
    place: Place,
    folder: Path,
    formats: tuple[str, ...],
    since: datetime | None,
    source: str | None,
    document: str | None,
) -> None:
    """Write documents, versions, changes, tags, facts and alerts to FOLDER; pages as WARC; sources as OPML.

    The same archive gives the same bytes. docs/export.md says what the files hold.
    """
    from index.archive.exports import Chosen
    from index.zone import CHINA

    folder.mkdir(parents=True, exist_ok=True)
    with place.archive() as archive, archive.moment():
        known = archive.documents.document(document) if document else None
        if document and not known:
            click.echo(f"vedette: nothing in {archive.home} has the id or address {document!r}", err=True)
            raise click.exceptions.Exit(USAGE)
        chosen = Chosen(since.replace(tzinfo=CHINA) if since else None, source, known["id"] if known else None)
        missing = [url for name in dict.fromkeys(formats) for url in _WRITERS[name](place, archive, folder, chosen)]
    for url in missing:
        click.echo(f"vedette: the bytes of {url} are gone or damaged; passed over", err=True)
    if missing:
        raise click.exceptions.Exit(PROBLEMS)


def _jsonl(_: Place, archive: Archive, folder: Path, chosen: Chosen) -> Iterator[str]:
    from agent.exporting import as_jsonl

    return _told(as_jsonl(archive, folder, chosen))


def _csv(_: Place, archive: Archive, folder: Path, chosen: Chosen) -> Iterator[str]:
    from agent.exporting import as_csv

    return _told(as_csv(archive, folder, chosen))


def _warc(_: Place, archive: Archive, folder: Path, chosen: Chosen) -> Iterator[str]:
    from agent.exporting_warc import as_warc

    path = folder / "pages.warc.gz"
    done = as_warc(archive, path, chosen)
    click.echo(f"{path}: {done.responses} responses, {done.revisits} revisits")
    yield from dict.fromkeys(done.missing)


def _opml(place: Place, _archive: Archive, folder: Path, chosen: Chosen) -> Iterator[str]:
    from agent.exporting import as_opml

    sources = place.declarations().sources.values()
    yield from _told(iter([as_opml([s for s in sources if chosen.source in {None, s.id}], folder / "sources.opml")]))


def _datasette(place: Place, archive: Archive, folder: Path, chosen: Chosen) -> Iterator[str]:
    from agent.exporting_datasette import as_datasette

    yield from _told(as_datasette(archive, place.declarations().sources.values(), folder, chosen))
    click.echo(f"datasette {folder / 'vedette.db'} --metadata {folder / 'metadata.yml'}")


def _told(paths: Iterator[Path]) -> Iterator[str]:
    """Print each path; no address is missing from these."""
    for path in paths:
        click.echo(str(path))
    yield from ()


_WRITERS: dict[str, Callable[[Place, Archive, Path, Chosen], Iterator[str]]] = {
    "jsonl": _jsonl, "csv": _csv, "warc": _warc, "opml": _opml, "datasette": _datasette,
}  # fmt: skip
