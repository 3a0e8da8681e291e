"""What other software sends, in its own shapes: posted signed, and checked against a table beside each file.

A file holds documents by name, a table the steps in their order; see tests/golden/README.md.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.federation import wire
from tests.federation.home import Home, Work
from tests.federation.peer import Peers
from tests.federation.people import public_pem, rsa_key

FOLDER = Path(__file__).parent.parent / "golden"
SOFTWARE = sorted(path.stem for path in FOLDER.glob("*.json"))
STEP_WORDS = {"send", "by", "outcome", "told", "is_reply", "note", "gone", "name"}
NOTE_WORDS = {
    "uri", "visibility", "content", "shows", "summary", "sensitive", "language", "url", "tags", "alt", "media", "size",
    "rights",
}  # fmt: skip


@dataclass
class Story:
    """One software's documents on a peer of its own, with our server as the other side."""

    home: Home
    work: Work
    base: str
    documents: dict[str, Any]
    table: dict[str, Any]
    asked: str = ""
    last_told: dict[str, int] = field(default_factory=dict)

    def actual(self, value: Any) -> Any:
        """Return a text or document with the example addresses and the key replaced by real ones."""
        text = json.dumps(value, ensure_ascii=False)
        for example, real in (
            ("https://peer.example", self.base),
            ("acct:lee@peer.example", f"acct:lee@{self.base.removeprefix('http://')}"),
            ("https://art.example/objects/WORK", self.work.uri),
            ("https://art.example/activities/FOLLOW", self.asked),
            ("https://art.example", self.home.base),
            ('"PUBLIC KEY"', json.dumps(public_pem(rsa_key()))),
        ):
            text = text.replace(example, real)
        return json.loads(text)

    def actor(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.actual(self.documents[name])
        return found

    def send(self, step: dict[str, Any]) -> str:
        """Post a step's activity as its software signs; returns what became of it."""
        activity = self.actual(self.documents[step["send"]])
        sender = self.actor(step.get("by", self.table["actor"]))
        body = json.dumps(activity).encode()
        key_id = sender["publicKey"]["id"]
        if self.table.get("dialect") == "rfc9421":
            headers = wire.rfc9421_headers(self.home.shared_inbox, body, key=rsa_key(), key_id=key_id)
        else:
            signing = wire.Cavage(
                covered=self.table.get("signed", wire.USUAL), algorithm=self.table.get("algorithm", "rsa-sha256")
            )
            headers = signing.headers(self.home.shared_inbox, body, key=rsa_key(), key_id=key_id)
        answer = wire.send("POST", self.home.shared_inbox, headers=headers, body=body)
        assert answer.status == 202, (step, answer)
        return self.home.outcome(activity)

    def check(self, step: dict[str, Any]) -> None:
        sender = self.actor(step.get("by", self.table["actor"]))["id"]
        assert self.newly_told(sender) == step.get("told", []), step
        activity = self.actual(self.documents[step["send"]])
        if "note" in step:
            object_ = activity["object"]
            uri = self.actual(step["note"].get("uri", "")) or object_["id"]
            stored = self.stored(uri)
            for word, expected in self.actual(step["note"]).items():
                if word == "shows":
                    assert [text for text in expected if text not in stored["content"]] == [], (step, stored["content"])
                else:
                    assert stored[word] == expected, (step, word)
        if "is_reply" in step:
            assert (activity["object"]["id"] in self.home.replies(self.work)) is step["is_reply"]
        if "gone" in step:
            uri = self.actual(step["gone"])
            assert self.home.query("SELECT deleted_at IS NOT NULL FROM notes WHERE uri = ?", uri) == [(1,)]
            assert uri not in self.home.replies(self.work)
        if "name" in step:
            assert self.home.query("SELECT name FROM actors WHERE uri = ?", sender) == [(step["name"],)]

    def newly_told(self, sender: str) -> list[str]:
        """Return what the artist has been told about somebody since the last look."""
        rows = self.home.query(
            "SELECT notifications.id, notifications.type FROM notifications"
            " JOIN actors ON actors.id = notifications.from_id WHERE actors.uri = ? AND notifications.id > ?"
            " AND notifications.type != 'follow_accepted' ORDER BY notifications.id",
            sender,
            self.last_told.get(sender, 0),
        )
        if rows:
            self.last_told[sender] = rows[-1][0]
        return [str(row[1]) for row in rows]

    def stored(self, uri: str) -> dict[str, Any]:
        """Return what the database has of a note."""
        columns = ("id", "uri", "visibility", "content", "summary", "sensitive", "language", "url", "rights")
        (row,) = self.home.query(f"SELECT {', '.join(columns)} FROM notes WHERE uri = ?", uri)
        found: dict[str, Any] = dict(zip(columns, row, strict=True))
        pictures = self.home.query(
            "SELECT media_type, description, width, height FROM attachments WHERE note_id = ? ORDER BY position",
            found["id"],
        )
        tags = self.home.query("SELECT name FROM tags WHERE note_id = ? ORDER BY position", found["id"])
        return found | {
            "sensitive": bool(found["sensitive"]),
            "rights": json.loads(found["rights"]),
            "media": [row[0] for row in pictures],
            "alt": [row[1] for row in pictures],
            "size": [list(row[2:]) for row in pictures],
            "tags": [row[0] for row in tags],
        }


def read(software: str) -> tuple[dict[str, Any], dict[str, Any]]:
    documents = json.loads((FOLDER / f"{software}.json").read_text())
    return documents, tomllib.loads((FOLDER / f"{software}.toml").read_text())


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Golden")


@pytest.mark.parametrize("software", SOFTWARE)
def test_what_other_software_sends_is_understood(home: Home, work: Work, session_peers: Peers, software: str) -> None:
    documents, table = read(software)
    peer = session_peers.open()
    story = Story(home, work, peer.base, documents, table)
    for name, path in table["serve"].items():
        peer.serve(path, story.actual(documents[name]), content_type=table.get("content_type", wire.LD_JSON))
    if table.get("followed"):
        actor = story.actor(table["actor"])
        home.server.ok("follow", "--as", home.artist, actor["id"])
        request = peer.wait_for("Follow", about=actor["id"])
        assert request.target == actor["inbox"].removeprefix(peer.base)
        story.asked = request.activity["id"]
    for step in table["step"]:
        assert story.send(step) == story.actual(step["outcome"]), step
        story.check(step)


@pytest.mark.parametrize("software", SOFTWARE)
def test_the_table_uses_each_document_and_only_known_words(software: str) -> None:
    documents, table = read(software)
    steps: Sequence[dict[str, Any]] = table["step"]
    used = {step["send"] for step in steps} | set(table["serve"])
    assert used == set(documents)
    assert table["actor"] in documents
    for step in steps:
        assert set(step) <= STEP_WORDS, step
        assert set(step.get("note", {})) <= NOTE_WORDS, step


def test_no_table_is_without_its_documents() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == SOFTWARE
