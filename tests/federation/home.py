"""Our own server as the federation tests use it: publish by the command line, look by HTTP."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Server, wait_for
from tests.federation import wire
from tests.federation.people import Person


@dataclass(frozen=True, slots=True)
class Work:
    id: str
    uri: str
    url: str


@dataclass(frozen=True, slots=True)
class Home:
    """A running server with one artist who matters to the test."""

    server: Server
    picture: Path
    artist: str = "mira"

    @property
    def base(self) -> str:
        return self.server.base_url

    @property
    def actor(self) -> str:
        return f"{self.base}/users/{self.artist}"

    @property
    def inbox(self) -> str:
        return f"{self.actor}/inbox"

    @property
    def shared_inbox(self) -> str:
        return f"{self.base}/inbox"

    def publish(self, title: str = "Low Tide", *options: str) -> Work:
        """Publish a picture."""
        alt = "Three ochre boats on wet sand."
        return Work(
            **self.server.json("publish", self.picture, "--as", self.artist, "--title", title, "--alt", alt, *options)
        )

    def get(
        self, address: str, accept: str | None = wire.ACTIVITY_JSON, *, method: str = "GET", **headers: str
    ) -> wire.HttpAnswer:
        """GET an id or a path of ours; further headers by name with `_` for `-`."""
        url = address if address.startswith("http") else f"{self.base}{address}"
        asked = {"Accept": accept} if accept is not None else {}
        return wire.send(method, url, headers=asked | {k.replace("_", "-"): v for k, v in headers.items()})

    def document(self, address: str) -> dict[str, Any]:
        """Return a document of ours that must be there."""
        answer = self.get(address)
        assert answer.status == 200, (address, answer)
        found: dict[str, Any] = answer.json
        return found

    def items(self, collection: str) -> list[Any]:
        """Return everything in a collection, over all its pages."""
        head = self.document(collection)
        found: list[Any] = head.get("orderedItems", head.get("items", []))
        next_ = head.get("first")
        while next_:
            page = self.document(next_)
            found += page.get("orderedItems", page.get("items", []))
            next_ = page.get("next")
        return found

    def take(self, person: Person, activity: Mapping[str, Any], *, shared: bool = True, **how: Any) -> str:
        """Let a person send an activity that we must accept; returns what became of it, `state: words`."""
        answer = person.post(self.shared_inbox if shared else self.inbox, activity, **how)
        assert answer.status == 202, answer
        return self.outcome(activity)

    def outcome(self, activity: Mapping[str, Any]) -> str:
        """Return what became of a received activity, once it is settled."""
        actor = activity["actor"]
        actor = actor if isinstance(actor, str) else actor["id"]
        key = f"{actor} {activity['id']}"

        def look() -> str | None:
            rows = self.query(
                "SELECT state, outcome FROM received WHERE key = ? OR key LIKE ? ORDER BY id DESC LIMIT 1",
                key,
                f"{key} %",
            )
            return f"{rows[0][0]}: {rows[0][1]}" if rows and rows[0][0] != "new" else None

        settled: str = wait_for(look, message=f"{activity['type']} {activity['id']} was not settled")
        return settled

    def is_stored(self, activity: Mapping[str, Any]) -> bool:
        """Say whether a received activity was kept at all."""
        return bool(self.query("SELECT 1 FROM received WHERE key LIKE ?", f"%{activity['id']}%"))

    def settle(self) -> None:
        """Wait until nothing that came in is left to do."""
        wait_for(lambda: not self.query("SELECT 1 FROM received WHERE state = 'new'"), message="the inbox was not done")

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the database file, to see what no address shows."""
        path = f"file:{self.server.data / 'fediart.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True, timeout=10)) as connection:
            return connection.execute(sql, values).fetchall()

    def write(self, sql: str, *values: object) -> None:
        """Change the database file, where no command does."""
        path = f"file:{self.server.data / 'fediart.sqlite3'}?mode=rw"
        with closing(sqlite3.connect(path, uri=True, timeout=10)) as connection, connection:
            connection.execute(sql, values)

    def follow(self, person: Person) -> dict[str, Any]:
        """Let a person follow the artist; returns their Follow once the Accept has arrived."""
        activity = person.says("Follow", self.actor)
        assert self.take(person, activity) == "done: accepted"
        person.peer.wait_for("Accept", about=activity["id"])
        return activity

    def followers(self) -> list[str]:
        return [str(uri) for uri in self.items(f"{self.actor}/followers")]

    def replies(self, work: Work) -> list[str]:
        return [str(uri) for uri in self.items(f"{work.uri}/replies")]

    def total(self, work: Work, part: str) -> int:
        """Return how many `likes` or `shares` a work has."""
        return int(self.document(f"{work.uri}/{part}")["totalItems"])

    def told(self, person: Person) -> list[str]:
        """Return what the artist is told about a person, newest first."""
        rows = self.query(
            "SELECT notifications.type FROM notifications JOIN actors ON actors.id = notifications.from_id"
            " WHERE actors.uri = ? ORDER BY notifications.id DESC",
            person.id,
        )
        return [str(row[0]) for row in rows]

    def content_of(self, note_id: str) -> str | None:
        """Return what we hold of a note, None when it is unknown or deleted."""
        rows = self.query("SELECT content FROM notes WHERE uri = ? AND deleted_at IS NULL", note_id)
        return str(rows[0][0]) if rows else None

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the server's log; none when it was never started."""
        if not self.server.log.exists():
            return []
        lines = self.server.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]
