"""Following, liking, boosting, answering, and the lists that tell of it: in one house and between two."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import House, fetch
from tests.conftest import free_port


def types(house: House, artist: str) -> list[str]:
    return [told["type"] for told in house.json("notifications", "--as", artist)]


def test_artists_of_one_house_follow_at_once(house: House) -> None:
    assert house.ok("follow", "--as", "kim", "@mira") == "kim follows @mira@localhost:8080\n"
    assert "kim follows @mira@localhost:8080 already" in house.refused("follow", "--as", "kim", "mira")
    (followed,) = house.json("following", "--as", "kim")
    assert set(followed) == {"id", "uri", "handle", "name", "url", "state", "since"}
    assert (followed["handle"], followed["state"]) == ("@mira@localhost:8080", "accepted")
    assert [row["handle"] for row in house.json("followers", "--as", "mira")] == ["@kim@localhost:8080"]
    assert types(house, "mira") == ["follow"]
    for command, artist in (("following", "kim"), ("followers", "mira")):
        table = house.ok(command, "--as", artist)
        assert len(table.splitlines()) == 2
    unfollow = ("unfollow", "--as", "kim", "http://localhost:8080/users/mira")
    assert house.ok(*unfollow) == "kim no longer follows @mira@localhost:8080\n"
    assert "kim does not follow @mira@localhost:8080" in house.refused(*unfollow)


def test_whom_nobody_can_follow_is_explained(house: House) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    for who, says in (
        ("@mira", "nobody can follow themselves"),
        ("@ann", "there is no artist “ann” here (there is: kim, mira)"),
        ("http://localhost:8080/users/ann", "there is nobody at http://localhost:8080/users/ann"),
        ("http://localhost:8080/actor", "the server itself cannot be followed"),
        (f"@lee@{nowhere}", f"refused: nothing listens at {nowhere}"),
        (f"http://{nowhere}/users/lee", f"refused: nothing listens at {nowhere}"),
        ("@lee@nowhere.invalid", "DNS: "),
        ("not a handle", "A handle looks like @name@host"),
    ):
        assert says in house.refused("follow", "--as", "mira", who), who
    assert house.json("following", "--as", "mira") == []


def test_somebody_who_is_not_there_is_told_by_their_server(here: House, there: House) -> None:
    said = here.refused("follow", "--as", "mira", there.handle("nobody"))
    assert there.handle("nobody").partition("@")[2].partition("@")[2] in said
    said = here.refused("follow", "--as", "mira", f"{there.base_url}/users/nobody")
    assert "has nothing at this address (404)" in said


def test_reactions_in_one_house(house: House) -> None:
    work = house.publish()
    assert house.ok("like", "--as", "kim", work["id"]) == f"kim likes {work['uri']}\n"
    assert "kim likes this already" in house.refused("like", "--as", "kim", work["url"])
    assert house.ok("boost", "--as", "kim", work["uri"]) == f"kim boosted {work['uri']}\n"
    assert "kim has boosted this already" in house.refused("boost", "--as", "kim", work["id"])
    assert types(house, "mira") == ["reblog", "favourite"]
    (latest, _) = house.json("notifications", "--as", "mira")
    assert (latest["from"]["handle"], latest["note"]["uri"]) == ("@kim@localhost:8080", work["uri"])
    assert "boosted" in house.ok("notifications", "--as", "mira")
    assert house.ok("unlike", "--as", "kim", work["id"]) == f"kim no longer likes {work['uri']}\n"
    assert house.ok("unboost", "--as", "kim", work["id"]) == f"kim no longer boosts {work['uri']}\n"
    assert "kim does not like this" in house.refused("unlike", "--as", "kim", work["id"])
    assert "kim has not boosted this" in house.refused("unboost", "--as", "kim", work["id"])
    assert types(house, "mira") == []


@pytest.mark.parametrize("command", ["like", "unlike", "boost", "unboost", "reply"])
def test_a_post_that_is_not_here_is_named(house: House, command: str) -> None:
    text = ("--text", "Hello") if command == "reply" else ()
    assert "there is no post 7 here" in house.refused(command, "--as", "mira", "7", *text)
    gone = house.publish()
    house.ok("delete", gone["id"])
    assert f"{gone['id']} was deleted" in house.refused(command, "--as", "mira", gone["id"], *text)
    nowhere = f"127.0.0.1:{free_port()}"
    assert "nothing listens" in house.refused(command, "--as", "mira", f"http://{nowhere}/notes/1", *text)


def test_only_what_is_public_can_be_boosted(house: House) -> None:
    work = house.publish("--visibility", "followers")
    assert "only public and unlisted posts" in house.refused("boost", "--as", "kim", work["id"])


def test_answers_in_one_house(house: House) -> None:
    work = house.publish()
    answer = house.json("reply", "--as", "kim", work["id"], "--text", "Lovely & wet.", "--summary", "Praise")
    assert set(answer) == {"id", "uri", "url"}
    (found,) = house.json("replies", "--as", "mira")
    assert (found["uri"], found["in_reply_to"], found["summary"]) == (answer["uri"], work["uri"], "Praise")
    assert found["text"].endswith("Lovely & wet.")
    assert types(house, "mira") == ["reply"]
    assert "[Praise]" in house.ok("replies", "--as", "mira"), "what a warning covers stays covered"
    said = house.ok("reply", "--as", "mira", answer["url"], "--text", "Thank you.", "--visibility", "direct")
    assert said.startswith("replied ")
    assert types(house, "kim") == ["reply"]
    assert house.ok("delete", answer["id"]) == f"deleted {answer['id']}\n"
    assert house.json("replies", "--as", "mira") == []
    assert "a reply needs words" in house.refused("reply", "--as", "mira", work["id"], "--text", " ")


def test_a_handle_that_leads_nowhere_stays_text(house: House) -> None:
    work = house.publish()
    nowhere = f"@lee@127.0.0.1:{free_port()}"
    done = house.run("reply", "--as", "kim", work["id"], "--text", f"Ask {nowhere} or @mira@localhost:8080", "--json")
    assert done.code == 0
    assert done.err.startswith(f"fediart: {nowhere} stays plain text: ")
    assert done.err.count("\n") == 1
    assert done.json["uri"]


def test_the_timeline_shows_who_said_and_who_boosted(house: House) -> None:
    house.ok("artist", "create", "ann", "--email", "ann@example.org")
    house.ok("follow", "--as", "ann", "@kim")
    mine, other = house.publish(artist="kim"), house.publish("--summary", "Mud", artist="mira")
    house.ok("boost", "--as", "kim", other["id"])
    boosted, own = house.json("timeline", "--as", "ann")
    assert (own["uri"], own["boosted_by"]) == (mine["uri"], None)
    assert (boosted["uri"], boosted["boosted_by"]["handle"]) == (other["uri"], "@kim@localhost:8080")
    assert [post["uri"] for post in house.json("timeline", "--as", "ann", "--limit", "1")] == [other["uri"]]
    table = house.ok("timeline", "--as", "ann")
    assert "(boosted by @kim@localhost:8080)" in table
    assert "[Mud]" in table


def timeline(house: House, artist: str, uri: str) -> dict[str, Any] | None:
    return next((post for post in house.json("timeline", "--as", artist) if post["uri"] == uri), None)


def test_a_talk_between_two_servers(here: House, there: House) -> None:
    work = here.publish(title="A talk")
    there.eventually(lambda: timeline(there, "lee", work["uri"]), "lee has the work")
    there.ok("like", "--as", "lee", work["uri"])
    there.ok("boost", "--as", "lee", work["url"])
    answer = there.json("reply", "--as", "lee", work["uri"], "--text", "How was the weather?")
    wanted = {"favourite", "reblog", "reply"}

    def told() -> set[str]:
        rows = here.json("notifications", "--as", "mira")
        return {r["type"] for r in rows if r["note"] and r["note"]["uri"] in (work["uri"], answer["uri"])}

    here.eventually(lambda: told() == wanted, "mira is told of all three")
    for part, total in (("likes", 1), ("shares", 1), ("replies", 1)):
        assert fetch(f"{work['uri']}/{part}")[1]["totalItems"] == total
    (reply,) = [r for r in here.json("replies", "--as", "mira") if r["uri"] == answer["uri"]]
    assert (reply["author"]["handle"], reply["proof"], reply["in_reply_to"]) == (
        there.handle("lee"),
        "verified",
        work["uri"],
    )
    back = here.json("reply", "--as", "mira", reply["id"], "--text", f"Wet. Ask {there.handle('lee')}!")
    there.eventually(
        lambda: back["uri"] in [r["uri"] for r in there.json("replies", "--as", "lee")], "lee has the answer"
    )
    there.ok("unlike", "--as", "lee", work["uri"])
    there.ok("unboost", "--as", "lee", work["uri"])
    there.ok("delete", answer["id"])
    here.eventually(lambda: told() == set(), "everything was taken back")


def test_a_boost_between_two_servers_is_found_by_followers(here: House, there: House) -> None:
    work = here.publish(artist="kim", title="Passed on")
    here.ok("boost", "--as", "mira", work["id"])
    post = there.eventually(lambda: timeline(there, "lee", work["uri"]), "lee sees kim's work")
    assert post["boosted_by"]["handle"] == here.handle("mira")
    assert post["author"]["handle"] == here.handle("kim")
    here.ok("unboost", "--as", "mira", work["id"])
    there.eventually(lambda: timeline(there, "lee", work["uri"]) is None, "the boost is gone")


def test_a_follow_between_two_servers_can_be_taken_back(here: House, there: House) -> None:
    said = there.ok("follow", "--as", "lee", here.handle("kim"))
    assert said == f"lee asked to follow {here.handle('kim')}\n"

    def followers() -> list[str]:
        return [row["handle"] for row in here.json("followers", "--as", "kim") if row["state"] == "accepted"]

    here.eventually(lambda: followers() == [there.handle("lee")], "kim has a follower")
    there.eventually(lambda: "follow_accepted" in types(there, "lee"), "lee is told")
    there.ok("unfollow", "--as", "lee", here.handle("kim"))
    here.eventually(lambda: followers() == [], "kim has no follower")
