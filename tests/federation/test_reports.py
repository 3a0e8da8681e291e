"""Reports: sent by the server for an artist, without their name; and those that came, listed and resolved."""

from __future__ import annotations

from tests.federation.home import Home
from tests.federation.people import Person, settle


def refused(home: Home, *arguments: str) -> str:
    done = home.server.cli(*arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_report_is_sent_by_the_server_itself(home: Home, lee: Person) -> None:
    work = home.publish()
    note = lee.note("<p>Unkind</p>", inReplyTo=work.uri)
    home.take(lee, lee.creates(note))
    said = home.server.ok("report", "--as", "mira", lee.id, "--post", note["id"], "--text", "Unkind words.")
    assert said == f"reported @{lee.name}@{lee.peer.host} to the moderators of {lee.peer.host}\n"
    flag = lee.peer.wait_for("Flag", target=lee.inbox).activity
    assert flag["actor"] == f"{home.base}/actor"
    assert flag["object"] == [lee.id, note["id"]]
    assert flag["content"] == "Unkind words."
    assert "mira" not in str(flag)
    assert home.get(flag["id"]).status == 404
    assert flag["id"] not in str(home.server.json("reports")), "what we sent is not what we got"


def test_only_posts_of_the_reported_are_evidence(home: Home, lee: Person) -> None:
    work = home.publish()
    assert "is not by" in refused(home, "report", "--as", "mira", lee.id, "--post", work.id)
    assert "nobody can report themselves" in refused(home, "report", "--as", "mira", "mira")
    assert "the report has 3001 characters" in refused(home, "report", "--as", "mira", lee.id, "--text", "x" * 3001)
    assert lee.peer.deliveries("Flag", target=lee.inbox) == []


def test_a_report_that_came_is_resolved(home: Home, lee: Person) -> None:
    server = settle(lee.peer, "server", type="Application")
    flag = server.says("Flag", [home.actor], content="<p>Not <b>theirs</b></p>")
    assert home.take(server, flag) == "done: report kept"
    (report,) = [one for one in home.server.json("reports") if one["from"]["uri"] == server.id]
    assert (report["objects"], report["content"]) == ([home.actor], "Not theirs")
    assert home.server.ok("reports", "resolve", report["id"]) == f"resolved {report['id']}\n"
    assert report["id"] not in [one["id"] for one in home.server.json("reports")]
    assert "was resolved on" in refused(home, "reports", "resolve", report["id"])
    assert "there is no report 7" in refused(home, "reports", "resolve", "7")
