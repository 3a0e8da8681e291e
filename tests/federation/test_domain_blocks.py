"""Servers that the admin does not want to know (suspend) or hear of (silence), and the lists of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import wait_for
from tests.federation.conftest import OpenHome
from tests.federation.home import Home
from tests.federation.peer import Answer, Peers
from tests.federation.people import settle

LIST = (
    "\ufeff#domain,#severity,#public_comment\r\n"
    'bad.example,suspend,"a, b"\r\n'
    "loud.example,silence,noise\r\n"
    "b*d.example,suspend,\r\n"
    "127.0.0.1:{port},suspend,ourselves\r\n"
    "\r\n"
    "nothing.example,noop,\r\n"
    "not a domain,suspend,\r\n"
    "Plain.Example.,,\r\n"
)


@pytest.fixture(scope="module")
def home(open_home: OpenHome) -> Home:
    return open_home()


def rules(home: Home) -> dict[str, str]:
    return {rule["domain"]: rule["severity"] for rule in home.server.json("domain", "list")}


def test_a_suspended_server_is_neither_heard_nor_shown_anything(home: Home, peers: Peers) -> None:
    work = home.publish("Public")
    person = settle(peers.open())
    home.follow(person)
    assert "1 follows ended" in home.server.ok("domain", "block", person.peer.host, "--reason", "spam")
    assert person.id not in home.followers()

    stranger = settle(person.peer)  # whose key we never had
    fetched = len(person.peer.fetched)
    for somebody in (person, stranger):
        answer = somebody.post(home.inbox, somebody.says("Follow", home.actor))
        assert (answer.status, answer.error) == (403, f"{person.peer.host} is suspended here")
        for address in (work.uri, home.actor, f"{home.actor}/outbox"):
            assert home.get(address).status == 200  # from now on in memory
            assert somebody.get(address).status == 403, address
    assert len(person.peer.fetched) == fetched
    assert home.get(work.uri).status == 200
    assert home.get("/actor").status == 200

    home.publish("Not for them", "--visibility", "followers")
    other = settle(peers.open())
    home.follow(other)
    assert person.peer.deliveries("Create", about="Not for them") == []

    home.server.ok("domain", "unblock", person.peer.host)
    home.follow(person)
    assert person.id in home.followers()


def test_nothing_of_a_suspended_server_is_looked_up(home: Home, peers: Peers) -> None:
    known = settle(peers.open())
    note = known.note("<p>Hello</p>", to=[home.actor])
    assert home.take(known, known.creates(note)).startswith("done")
    stranger = settle(known.peer)
    home.server.ok("domain", "block", known.peer.host)
    fetched = len(known.peer.fetched)
    for arguments in (
        ("follow", f"@{stranger.name}@{known.peer.host}"),
        ("follow", stranger.id),
        ("follow", known.id),
        ("like", str(note["id"])),
        ("like", f"{known.peer.base}/notes/unseen"),
    ):
        done = home.server.cli(*arguments, "--as", "mira")
        assert done.returncode == 1, arguments
        assert f"{known.peer.host} is suspended here" in done.stderr
        assert "Traceback" not in done.stderr
    assert len(known.peer.fetched) == fetched


def test_a_suspension_drops_what_waits(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    home.follow(person)
    person.peer.answer("/inbox", Answer(503))
    work = home.publish("Waiting")
    wait_for(
        lambda: [one for one in home.server.json("queue", "list")["waiting"] if one["host"] == person.peer.host],
        message="nothing waits",
    )
    home.server.ok("domain", "block", person.peer.host)

    def states() -> set[str]:
        return {row[0] for row in home.query("SELECT state FROM deliveries WHERE host = ?", person.peer.host)}

    assert "waiting" not in states()
    home.server.ok("edit", work.id, "--title", "Still waiting")
    home.settle()
    marker = settle(peers.open())
    home.follow(marker)  # its Accept comes after the Update was spread
    assert "waiting" not in states()


def test_what_is_below_a_suspended_domain_is_suspended(home: Home, peers: Peers) -> None:
    person = settle(peers.open())
    # All peers of a test live at one address: its rule, without a port, covers every port of it.
    done = home.server.cli("domain", "block", "127.0.0.1")
    assert done.returncode == 1, "our own address is covered too"
    assert "own domain" in done.stderr
    home.server.ok("domain", "block", "deep.example")
    body = person.says("Follow", home.actor, actor="https://far.deep.example/users/lee")
    assert person.post(home.inbox, body, key_id="https://far.deep.example/users/lee#main-key").status == 403
    body = person.says("Follow", home.actor, actor="https://notdeep.example/users/lee")
    assert person.post(home.inbox, body).status == 202


def test_followers_on_a_silenced_server_wait_and_its_people_are_not_heard_of(home: Home, peers: Peers) -> None:
    work = home.publish("Public")
    person = settle(peers.open())
    home.server.ok("domain", "block", person.peer.host, "--severity", "silence")
    assert home.take(person, person.says("Follow", home.actor)) == "done: waits for approval"
    assert person.id not in home.followers()
    assert home.take(person, person.says("Like", work.uri)).startswith("done")
    reply = person.note("<p>Buy this!</p>", inReplyTo=work.uri)
    assert home.take(person, person.creates(reply)).startswith("done")
    assert home.total(work, "likes") == 1
    assert home.told(person) == ["follow_request"]
    assert person.get(work.uri).status == 200

    home.server.ok("follow", person.id, "--as", "mira")
    asked = person.peer.wait_for("Follow").activity
    assert home.take(person, person.says("Accept", asked)).startswith("done")
    other = home.publish("Another")
    assert home.take(person, person.says("Like", other.uri)).startswith("done")
    assert home.told(person)[0] == "favourite"


def test_a_list_is_imported_line_by_line(open_home: OpenHome, tmp_path: Path) -> None:
    home = open_home(start=False)
    file = tmp_path / "list.csv"
    file.write_bytes(LIST.format(port=home.server.port).encode())

    tried = home.server.cli("domain", "import", file, "--dry-run")
    assert tried.returncode == 0
    assert "3 would be added" in tried.stdout
    assert rules(home) == {}

    done = home.server.cli("domain", "import", file)
    assert done.returncode == 0
    assert "3 added, 0 there already, 4 not used" in done.stdout
    assert rules(home) == {"bad.example": "suspend", "loud.example": "silence", "plain.example": "suspend"}
    reasons = dict(line.split(": ", 1) for line in done.stderr.splitlines())
    assert reasons.keys() == {"line 4", "line 5", "line 7", "line 8"}
    assert "obfuscated" in reasons["line 4"]
    assert "own domain" in reasons["line 5"]
    assert "noop" in reasons["line 7"]

    again = home.server.ok("domain", "import", file)
    assert "0 added, 3 there already" in again


def test_an_export_can_be_imported_again(open_home: OpenHome, tmp_path: Path) -> None:
    one, other = open_home(start=False), open_home(start=False)
    one.server.ok("domain", "block", "bad.example", "--reason", 'a, "b"\nc')
    one.server.ok("domain", "block", "loud.example", "--severity", "silence")
    exported = tmp_path / "exported.csv"
    exported.write_text(one.server.ok("domain", "export"))
    assert exported.read_text().startswith("#domain,#severity,")
    other.server.ok("domain", "import", exported)

    def shown(home: Home) -> list[tuple[str, str, str]]:
        return [(r["domain"], r["severity"], r["reason"]) for r in home.server.json("domain", "list")]

    assert shown(one) == shown(other)
    assert len(shown(one)) == 2


def test_mistakes_are_told_in_one_line(open_home: OpenHome, tmp_path: Path) -> None:
    home = open_home(start=False)
    binary = tmp_path / "list.bin"
    binary.write_bytes(b"\xff\xfe\x00")
    for arguments in (
        ("block", "https://bad.example/"),
        ("block", "bad"),
        ("block", ""),
        ("block", "b*d.example"),
        ("block", home.server.host),
        ("unblock", "unknown.example"),
        ("import", binary),
    ):
        done = home.server.cli("domain", *arguments)
        assert done.returncode == 1, arguments
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert json.loads(home.server.ok("domain", "list", "--json")) == []
