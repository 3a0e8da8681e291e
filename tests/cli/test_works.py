"""`fediart publish`, `edit` and `delete`: what was said on the command line is what peers fetch."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from fediart.activitypub.addressing import PUBLIC
from tests.cli.conftest import House, fetch


def note(work: dict[str, str]) -> dict[str, Any]:
    status, document = fetch(work["uri"])
    assert status == 200, document
    return document


def test_everything_that_is_given_is_in_the_note(here: House) -> None:
    wide, tall = here.picture(size=(90, 40)), here.picture(size=(40, 90))
    work = here.json(
        "publish", wide, tall, "--as", "mira", "--title", "Low <Tide>", "--alt", "A wide one", "--alt", "A tall one",
        "--text", "First paragraph.\n\nSecond, with #Sea.", "--tag", "Boats", "--tag", "#sea", "--series", "Tides",
        "--medium", "oil on linen", "--license", "https://creativecommons.org/licenses/by/4.0/",
        "--rights", "no-genai", "--sensitive", "--summary", "Mud", "--language", "de",
    )  # fmt: skip
    assert set(work) == {"id", "uri", "url"}
    assert work["uri"] == f"{here.base_url}/objects/{work['id']}"
    assert work["url"] == f"{here.base_url}/@mira/{work['id']}"
    found = note(work)
    assert (found["type"], found["attributedTo"], found["url"]) == ("Note", f"{here.base_url}/users/mira", work["url"])
    assert [(p["name"], p["width"] > p["height"]) for p in found["attachment"]] == [
        ("A wide one", True),
        ("A tall one", False),
    ]
    assert "<strong>Low &lt;Tide&gt;</strong>, oil on linen" in found["content"]
    assert "<p>First paragraph.</p>" in found["content"]
    assert [tag["name"] for tag in found["tag"]] == ["#Boats", "#sea"]
    assert (found["summary"], found["sensitive"], list(found["contentMap"])) == ("Mud", True, ["de"])
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["proof"]["verificationMethod"] == f"{here.base_url}/users/mira#ed25519-key"


@pytest.mark.parametrize(
    ("rights", "terms"),
    [
        (None, {"tdmReservation": 1, "contentUsage": "train-ai=n", "xRobotsTag": "noai"}),
        ("no-ai", {"tdmReservation": 1, "contentUsage": "train-ai=n", "xRobotsTag": "noai"}),
        ("strict", {"tdmReservation": 1, "contentUsage": "train-ai=n", "xRobotsTag": "noindex"}),
        ("no-genai", {"tdmReservation": 1}),
        ("research-only", {"tdmReservation": 1}),
        ("allow", {"tdmReservation": 0}),
    ],
)
def test_the_choice_of_rights_is_in_the_note(here: House, rights: str | None, terms: dict[str, Any]) -> None:
    found = note(here.publish(*(("--rights", rights) if rights else ())))
    for name, value in terms.items():
        assert value == found[name] or (isinstance(value, str) and value in found[name]), name
    (picture,) = found["attachment"]
    assert picture["tdmReservation"] == terms["tdmReservation"]
    assert picture["digestMultibase"]
    assert ("tdmPolicy" in found) is (rights != "allow")
    allowed = "DMI-ALLOWED" in picture["dataMining"]
    assert allowed is (rights == "allow")


def test_the_audience_is_what_was_chosen(here: House) -> None:
    followers = f"{here.base_url}/users/mira/followers"
    public, unlisted, hidden = (here.publish("--visibility", v) for v in ("public", "unlisted", "followers"))
    assert (note(public)["to"], note(public)["cc"]) == ([PUBLIC], [followers])
    assert (note(unlisted)["to"], note(unlisted)["cc"]) == ([followers], [PUBLIC])
    assert fetch(hidden["uri"])[0] == 404
    outbox = fetch(f"{here.base_url}/users/mira/outbox?page=true")[1]["orderedItems"]
    shown = [activity["object"]["id"] for activity in outbox if activity["type"] == "Create"]
    assert public["uri"] in shown
    assert hidden["uri"] not in shown


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (("--title", "High Tide"), lambda n: "High Tide" in n["content"]),
        (("--text", "Later. #Gulls"), lambda n: "#Gulls" in [t["name"] for t in n["tag"]]),
        (("--tag", "Rain", "--tag", "Mud"), lambda n: [t["name"] for t in n["tag"]] == ["#Rain", "#Mud"]),
        (("--no-tags",), lambda n: n["tag"] == []),
        (("--medium", "etching"), lambda n: "etching" in n["content"]),
        (("--license", "https://example.org/l"), lambda n: n["license"] == "https://example.org/l"),
        (("--rights", "allow"), lambda n: n["tdmReservation"] == 0),
        (("--alt", "1=Ships"), lambda n: n["attachment"][0]["name"] == "Ships"),
        (("--sensitive",), lambda n: n["sensitive"]),
        (("--summary", "Mud"), lambda n: n["summary"] == "Mud"),
        (("--language", "fr"), lambda n: list(n["contentMap"]) == ["fr"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_edit_changes_one_thing(here: House, options: tuple[str, ...], changed: Any) -> None:
    work = here.publish("--tag", "Sea")
    before = note(work)
    assert not changed(before)
    assert here.json("edit", work["id"], *options) == {**work, "changed": True}
    after = note(work)
    assert changed(after)
    assert after["updated"] > after["published"] == before["published"]
    assert here.json("edit", work["id"], *options)["changed"] is False
    assert note(work) == after


def test_pictures_are_replaced_in_their_order(here: House) -> None:
    work = here.publish()
    one, two = here.picture(), here.picture()
    here.ok("edit", work["id"], "--image", one, "--image-alt", "one", "--image", two, "--image-alt", "two")
    assert [picture["name"] for picture in note(work)["attachment"]] == ["one", "two"]


def test_when_nothing_changes_nothing_is_sent(here: House, there: House) -> None:
    work = here.publish()
    there.eventually(lambda: seen(there, work), "lee's server has the work")
    before = sum(here.json("queue", "list")["totals"].values())
    done = here.run("edit", work["id"], "--title", "Low Tide")
    assert (done.code, done.out, done.err) == (0, f"nothing to change in {work['id']}; nothing was sent\n", "")
    later = here.publish()  # whatever the edit had to say would have been fanned out before this
    there.eventually(lambda: seen(there, later), "lee's server has the next work")
    assert sum(here.json("queue", "list")["totals"].values()) == before + 1


def seen(there: House, work: dict[str, str]) -> dict[str, Any] | None:
    return next((post for post in there.json("timeline", "--as", "lee") if post["uri"] == work["uri"]), None)


def test_a_work_is_delivered_by_the_server_that_runs(here: House, there: House) -> None:
    """The command only commits; the server's worker hears of it and delivers at once."""
    work = here.publish(title="Delivered")
    post = there.eventually(lambda: seen(there, work), "lee's server has the work")
    assert (post["author"]["handle"], post["visibility"], post["proof"]) == (here.handle("mira"), "public", "verified")
    assert post["text"].startswith("Delivered")
    assert post["rights"]["tdmReservation"] == 1
    assert [picture["description"] for picture in post["attachments"]] == ["Boats on wet sand"]
    here.ok("edit", work["id"], "--title", "Changed")
    there.eventually(lambda: (seen(there, work) or {}).get("text", "").startswith("Changed"), "lee sees the edit")
    assert here.ok("delete", work["id"]) == f"deleted {work['id']}\n"
    there.eventually(lambda: seen(there, work) is None, "lee's server forgot the work")
    status, tombstone = fetch(work["uri"])
    assert (status, tombstone["type"]) == (410, "Tombstone")


def test_what_was_deleted_cannot_be_changed_or_deleted_again(house: House) -> None:
    work = house.publish()
    house.ok("delete", work["id"])
    for command in (("edit", work["id"], "--title", "x"), ("delete", work["id"])):
        assert "was deleted on 20" in house.refused(*command)
    assert house.json("artist", "show", "mira")["works"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("PICTURE", "--as", "mira", "--title", "x"), 2, "--alt"),
        (("PICTURE", "--as", "mira", "--alt", "x"), 2, "--title"),
        (("PICTURE", "--title", "x", "--alt", "x"), 2, "--as"),
        (("--as", "mira", "--title", "x", "--alt", "x"), 2, "IMAGE"),
        (("PICTURE", "PICTURE", "--as", "mira", "--title", "x", "--alt", "x"), 2, "2 pictures need 2 --alt texts"),
        (("PICTURE", "--as", "mira", "--title", "x", "--alt", "x", "--alt", "y"), 2, "1 pictures need 1 --alt texts"),
        (("PICTURE", "--as", "mira", "--title", "x", "--alt", "x", "--visibility", "direct"), 2, "--visibility"),
        (("PICTURE", "--as", "mira", "--title", "x", "--alt", "x", "--rights", "none"), 2, "--rights"),
        (("PICTURE", "--as", "nobody", "--title", "x", "--alt", "x"), 1, "there is no artist “nobody” here"),
        (("PICTURE", "--as", "mira", "--title", " ", "--alt", "x"), 1, "a work needs a title"),
        (("PICTURE", "--as", "mira", "--title", "x", "--alt", "x", "--tag", "a b"), 1, "“a b” cannot be a tag"),
        (("PICTURE", "--as", "mira", "--title", "x", "--alt", "x", "--license", "CC0"), 1, "the licence must be"),
        (("PICTURE", "--as", "mira", "--title", "x", "--alt", "x", "--language", "English"), 1, "language tag"),
        (("none.png", "--as", "mira", "--title", "x", "--alt", "x"), 1, "none.png: there is no such file"),
        (("FOLDER", "--as", "mira", "--title", "x", "--alt", "x"), 1, "is a folder, not a picture"),
        (("TEXT", "--as", "mira", "--title", "x", "--alt", "x"), 1, "fediart.toml"),
    ],
)
def test_what_cannot_be_published_says_why(house: House, arguments: tuple[str, ...], code: int, says: str) -> None:
    places = {"PICTURE": house.picture(), "FOLDER": house.folder, "TEXT": house.config}
    given = [places.get(argument, argument) for argument in arguments]
    assert says in house.refused("publish", *given, code=code)
    assert house.json("artist", "show", "mira")["works"] == 0


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--alt", "Ships"), 2, "--alt wants N=TEXT"),
        (("--alt", "2=Ships"), 1, "no picture 2: this work has 1"),
        (("--image", "none.png"), 2, "1 new pictures need as many --image-alt texts; 0 given"),
        (("--image", "none.png", "--image-alt", "x"), 1, "none.png: there is no such file"),
        (("--rights", "none"), 2, "--rights"),
        (("--title", ""), 1, "a work needs a title"),
    ],
)
def test_what_cannot_be_changed_says_why(house: House, options: tuple[str, ...], code: int, says: str) -> None:
    work = house.publish()
    assert says in house.refused("edit", work["id"], *options, code=code)
    assert house.json("edit", work["id"], "--title", "Low Tide")["changed"] is False


def test_a_work_that_is_not_here_is_named(house: House, tmp_path: Path) -> None:
    assert "there is no work 7 here" in house.refused("edit", "7", "--title", "x")
    assert "there is no work or reply 7 here" in house.refused("delete", "7")
    for command in ("edit", "delete"):
        assert "not a valid integer" in house.refused(command, "seven", code=2)


def test_for_people_the_number_comes_first_then_the_address(house: House) -> None:
    said = house.ok("publish", house.picture(), "--as", "mira", "--title", "x", "--alt", "y").splitlines()
    number = said[0].removeprefix("published ")
    assert said == [f"published {number}", f"http://localhost:8080/@mira/{number}"]
    assert house.ok("edit", number, "--title", "z").splitlines() == [f"changed {number}", said[1]]


def test_numbers_grow_with_time(house: House) -> None:
    made = [int(house.publish()["id"]) for _ in range(3)]
    assert all(one < other for one, other in itertools.pairwise(made))
