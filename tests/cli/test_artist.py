"""`fediart artist`: accounts, and profiles as peers see them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import House, fetch

SHOWN = {
    "also_known_as",
    "moved_to",
    "id", "uri", "handle", "name", "url", "email", "bio", "rights", "license", "credit", "language",
    "featured_tags", "works", "followers", "following", "created_at", "keys",
}  # fmt: skip


def test_an_artist_is_created_with_every_choice(house: House) -> None:
    said = house.ok(
        "artist", "create", "lee", "--email", "lee@example.org", "--name", "Lee B.", "--bio", "Etchings.\n\nGhent.",
        "--rights", "research-only", "--license", "https://example.org/licence", "--credit", "L. B.",
        "--language", "nl", "--field", "Site=https://lee.example", "--field", "Since = 1998", "--icon", house.picture(),
        "--header", house.picture(), "--not-discoverable", "--not-indexable", "--locked",
    )  # fmt: skip
    assert said == "created @lee@localhost:8080\nhttp://localhost:8080/@lee\n"
    shown = house.json("artist", "show", "lee")
    assert set(shown) == SHOWN
    assert (shown["name"], shown["bio"], shown["rights"], shown["license"], shown["credit"], shown["language"]) == (
        "Lee B.",
        "Etchings.\n\nGhent.",
        "research-only",
        "https://example.org/licence",
        "L. B.",
        "nl",
    )
    assert (shown["works"], shown["followers"], shown["following"], shown["keys"]) == (0, 0, 0, "usable")


def test_an_artist_without_choices_has_the_servers(house: House) -> None:
    shown = house.json("artist", "show", "kim")
    assert (shown["name"], shown["rights"], shown["license"], shown["credit"]) == ("Kim", "no-ai", None, "Kim")
    for_people = house.ok("artist", "show", "@kim")
    assert "rights        no-ai" in for_people
    assert "license" not in for_people


def test_artists_are_listed_with_their_counts(house: House) -> None:
    house.publish(artist="kim")
    listed = {artist["handle"]: artist for artist in house.json("artist", "list")}
    assert set(listed) == {"@kim@localhost:8080", "@mira@localhost:8080"}
    assert listed["@kim@localhost:8080"]["works"] == 1
    assert listed["@mira@localhost:8080"]["works"] == 0
    table = house.ok("artist", "list")
    assert table.splitlines()[0].split() == ["Artist", "Name", "Works", "Followers", "Rights"]
    assert len(table.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("create", "mira", "--email", "m@example.org"), 1, "the name “mira” is taken"),
        (("create", "Lee!", "--email", "m@example.org"), 1, "“Lee!” cannot be a user name"),
        (("create", "lee", "--email", "nowhere"), 1, "“nowhere” is not an e-mail address"),
        (("create", "lee"), 2, "--email"),
        (("create", "lee", "--email", "m@example.org", "--rights", "all"), 2, "--rights"),
        (("create", "lee", "--email", "m@example.org", "--field", "Site"), 2, "--field wants NAME=VALUE"),
        (("create", "lee", "--email", "m@example.org", "--icon", "none.png"), 1, "none.png: there is no such file"),
        (("show", "lee"), 1, "there is no artist “lee” here (there is: kim, mira)"),
        (("edit", "lee", "--name", "Lee"), 1, "there is no artist “lee” here"),
        (("edit", "mira", "--name", "x" * 101), 1, "the name has 101 characters, the limit is 100"),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(
    house: House, arguments: tuple[str, ...], code: int, says: str
) -> None:
    before = house.json("artist", "list")
    assert says in house.refused("artist", *arguments, code=code)
    assert house.json("artist", "list") == before


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--license", "CC-BY", "the licence must be the address of its text"),
        ("--language", "English", "not a language tag"),
        ("--credit", "x" * 101, "the credit has 101 characters"),
    ],
)
def test_a_default_that_no_work_could_have_is_refused(house: House, option: str, value: str, says: str) -> None:
    assert says in house.refused("artist", "create", "lee", "--email", "lee@example.org", option, value)
    assert "there is no artist “lee”" in house.refused("artist", "show", "lee")


def test_an_edited_profile_is_what_peers_fetch(here: House) -> None:
    said = here.ok(
        "artist", "edit", "kim", "--name", "Kim O.", "--bio", "Prints #Linocut", "--field", "Site=https://kim.example",
        "--icon", here.picture(), "--header", here.picture(), "--not-discoverable", "--not-indexable", "--locked",
    )  # fmt: skip
    assert said == f"{here.handle('kim')} is up to date\n{here.base_url}/@kim\n"
    status, actor = fetch(f"{here.base_url}/users/kim")
    assert (status, actor["name"], actor["preferredUsername"]) == (200, "Kim O.", "kim")
    assert "Linocut" in actor["summary"]
    assert [(field["type"], field["name"]) for field in actor["attachment"]] == [("PropertyValue", "Site")]
    assert 'rel="me' in actor["attachment"][0]["value"]
    for picture in ("icon", "image"):
        assert actor[picture]["type"] == "Image"
        assert actor[picture]["url"].startswith(f"{here.base_url}/media/")
    assert (actor["discoverable"], actor["indexable"], actor["manuallyApprovesFollowers"]) == (False, False, True)
    here.ok("artist", "edit", "kim", "--discoverable", "--indexable", "--open")
    _, again = fetch(f"{here.base_url}/users/kim")
    assert (again["discoverable"], again["indexable"], again["manuallyApprovesFollowers"]) == (True, True, False)
    assert again["name"] == "Kim O.", "what was not mentioned stays"


def test_followers_get_the_new_profile(here: House, there: House) -> None:
    here.ok("artist", "edit", "mira", "--name", "Mira of the Sea")

    def seen() -> list[Any]:
        return [row["name"] for row in there.json("following", "--as", "lee")]

    there.eventually(lambda: seen() == ["Mira of the Sea"], "lee's server knows the new name")
