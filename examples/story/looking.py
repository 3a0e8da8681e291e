"""Looking from outside, as anybody could: over HTTP, into a picture file, into a database file.

Nothing here asks a server for its opinion of itself.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyvips

from story.troubles import StoryError

ACTIVITY_JSON = "application/activity+json"
_ANSWER_SECONDS = 15
_LATITUDE, _LONGITUDE = "exif-ifd3-GPSLatitude", "exif-ifd3-GPSLongitude"
_CAMERA = "exif-ifd0-Make"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Parse the body.

        Raises: StoryError.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise StoryError(f"an answer with status {self.status} was not JSON") from None


def fetch(url: str, *, accept: str = ACTIVITY_JSON, seconds: float = _ANSWER_SECONDS) -> Answer:
    """Get an address, following no redirect.

    Raises: StoryError when nobody answers.
    """
    return _ask("GET", url, None, {"Accept": accept}, seconds)


def fetch_document(url: str) -> dict[str, Any]:
    """Get a JSON object that must be there.

    Raises: StoryError.
    """
    answer = fetch(url)
    document = answer.json() if answer.status == 200 else None
    if not isinstance(document, dict):
        raise StoryError(f"{url} answered {answer.status}")
    return document


def post_unsigned(url: str, document: Mapping[str, Any]) -> Answer:
    """Send an activity as somebody would who has no key."""
    return _ask("POST", url, json.dumps(document).encode(), {"Content-Type": ACTIVITY_JSON}, _ANSWER_SECONDS)


def _ask(method: str, url: str, body: bytes | None, headers: dict[str, str], seconds: float) -> Answer:
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    with closing(http.client.HTTPConnection(parts.netloc, timeout=seconds)) as connection:
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException) as exc:
            raise StoryError(f"{parts.netloc} does not answer: {exc or type(exc).__name__}") from None


@dataclass(frozen=True, slots=True)
class Traces:
    """What a picture file tells about its making, beside the picture."""

    place: str
    camera: str
    metadata: tuple[str, ...]


def read_traces(picture: bytes) -> Traces:
    """Read the place and the camera out of a picture file, and the names of all metadata it carries."""
    try:
        image = pyvips.Image.new_from_buffer(picture, "")
    except pyvips.Error as exc:
        raise StoryError(f"a picture cannot be read: {' '.join(str(exc).split())}") from None
    fields = {name: str(image.get(name)) for name in image.get_fields() if name.startswith(("exif-", "iptc-", "xmp-"))}
    sides = [
        f"{_value(fields[f'{name}Ref'])} {_degrees(fields[name])}"
        for name in (_LATITUDE, _LONGITUDE)
        if name in fields and f"{name}Ref" in fields
    ]
    camera = _value(fields[_CAMERA]) if _CAMERA in fields else ""
    return Traces(", ".join(sides), camera, tuple(sorted(fields)))


def _value(field: str) -> str:
    """libvips writes a tag as `value (value, type, components, size)`."""
    return field.partition(" (")[0]


def _degrees(field: str) -> str:
    numbers = [part.partition("/")[0] for part in _value(field).split()]
    return "".join(f"{number}{mark}" for number, mark in zip(numbers, "°′″", strict=False))


def is_database_whole(path: Path) -> bool:
    """Let SQLite read every page of a database and compare its indexes, and check that no row points nowhere."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_ANSWER_SECONDS)
        ) as opened:
            pages = opened.execute("PRAGMA integrity_check").fetchall()
            loose_ends = opened.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as exc:
        raise StoryError(f"the database {path.name} cannot be read: {exc}") from None
    return pages == [("ok",)] and not loose_ends
