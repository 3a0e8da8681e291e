from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fediart.activitypub import notes
from fediart.activitypub.addressing import PUBLIC
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.notes import Mention

LEE = "https://peer.example/users/lee"
NOTE = "https://peer.example/n/1"
WORK = "https://art.example/works/1"


def read(**members: Any) -> notes.RemoteNote:
    return notes.read_note({"id": NOTE, "type": "Note", "attributedTo": LEE, "content": "<p>hi</p>", **members})


def test_a_whole_note() -> None:
    note = read(
        summary="warning",
        sensitive=True,
        published="2026-09-30T12:00:00Z",
        updated="2026-09-30T13:00:00Z",
        inReplyTo=WORK,
        url="https://peer.example/@lee/1",
        to=PUBLIC,
        cc=[f"{LEE}/followers"],
        contentMap={"en": "<p>hi</p>"},
        conversation="tag:peer.example,2026:objectId=1",
        context="https://peer.example/contexts/1",
        proof={"type": "DataIntegrityProof"},
        license="https://creativecommons.org/licenses/by/4.0/",
    )
    assert (note.id, note.type, note.attributed_to, note.url) == (NOTE, "Note", (LEE,), "https://peer.example/@lee/1")
    assert (note.content, note.language, note.summary, note.sensitive) == ("<p>hi</p>", "en", "warning", True)
    assert note.published == datetime(2026, 9, 30, 12, tzinfo=UTC)
    assert note.updated == datetime(2026, 9, 30, 13, tzinfo=UTC)
    assert (note.in_reply_to, note.to, note.cc) == (WORK, (PUBLIC,), (f"{LEE}/followers",))
    assert note.conversation == "tag:peer.example,2026:objectId=1"
    assert note.context == "https://peer.example/contexts/1"
    assert note.has_proof
    assert note.rights == {"license": "https://creativecommons.org/licenses/by/4.0/"}


def test_the_bare_minimum() -> None:
    note = notes.read_note({"id": NOTE, "type": "Note", "attributedTo": LEE})
    assert (note.content, note.url, note.published, note.attachments, note.has_proof) == ("", NOTE, None, (), False)
    assert (note.summary, note.language, note.sensitive, note.in_reply_to) == (None, None, False, None)


@pytest.mark.parametrize(
    "members",
    [
        {"id": None},
        {"id": "x"},
        {"id": "urn:x:1"},
        {"attributedTo": None},
        {"attributedTo": []},
        {"attributedTo": {"name": "lee"}},
        {"attributedTo": "lee"},
        {"type": None},
        {"type": "Recipe"},
        {"type": "Tombstone"},
    ],
)
def test_without_id_author_or_known_type_there_is_no_note(members: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(**members)
    assert caught.value.status == 400
    assert "\n" not in caught.value.text


def test_the_first_known_type_of_several() -> None:
    assert read(type=["https://peer.example/ns#Sketch", "Note"]).type == "Note"


def test_several_authors() -> None:
    authors = [{"type": "Person", "id": LEE}, {"type": "Group", "id": "https://peer.example/groups/ink"}, LEE, 4]
    assert read(attributedTo=authors).attributed_to == (LEE, "https://peer.example/groups/ink")


@pytest.mark.parametrize(
    "members",
    [
        {"inReplyTo": WORK},
        {"inReplyTo": [WORK]},
        {"inReplyTo": {"id": WORK, "type": "Note"}},
        {"inReplyTo": [None, {"id": WORK}]},
        {"inReplyTo": {"type": "Link", "href": WORK}},
        {"inReplyTo": "https://ART.example/works/1"},
        {"inReplyTo": None, "inReplyToAtomUri": WORK},
    ],
)
def test_replies_in_any_shape(members: dict[str, Any]) -> None:
    assert read(**members).in_reply_to == WORK


@pytest.mark.parametrize("content", [None, 42, {"en": "x"}, True, []])
def test_content_that_is_no_text_is_empty(content: object) -> None:
    assert read(content=content).content == ""


def test_control_characters_are_taken_out() -> None:
    assert read(content="a\x00b", summary=["x\x07"]).content == "ab"
    assert read(summary=["x\x07"]).summary == "x"
    assert read(summary=" ").summary is None


def test_the_language_map_alone_is_enough() -> None:
    doc = {"id": NOTE, "type": "Note", "attributedTo": LEE, "contentMap": {"fr": "<p>encre</p>", "en": "<p>ink</p>"}}
    assert (notes.read_note(doc).content, notes.read_note(doc).language) == ("<p>encre</p>", "fr")
    english = notes.read_note(doc, language="en")
    assert (english.content, english.language) == ("<p>ink</p>", "en")


@pytest.mark.parametrize("published", ["0000-00-00", "2026-02-30T12:00:00Z", "yesterday", 1_700_000_000, None])
def test_an_unreadable_date_is_none(published: object) -> None:
    assert read(published=published).published is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ([{"type": "Link", "mediaType": "application/activity+json", "href": NOTE + ".json"}], NOTE + ".json"),
        (
            [
                {"type": "Link", "mediaType": "application/activity+json", "href": NOTE},
                {"type": "Link", "mediaType": "text/html", "href": "https://peer.example/@lee/1"},
            ],
            "https://peer.example/@lee/1",
        ),
        ("javascript:alert(1)", NOTE),
        (None, NOTE),
    ],
)
def test_the_page_for_people(url: object, expected: str) -> None:
    assert read(url=url).url == expected


PICTURE = {"type": "Image", "mediaType": "image/png", "url": "https://peer.example/a.png", "name": "alt"}


@pytest.mark.parametrize(
    "attachment",
    [
        PICTURE,
        [PICTURE],
        ["", None, {"type": "Document"}, {"type": "Document", "url": None}, PICTURE],
        [{"type": "Link", "href": "https://peer.example/card"}, PICTURE, 42, [[]]],
        {"@list": [PICTURE]},
    ],
)
def test_one_picture_in_any_shape(attachment: object) -> None:
    note = read(attachment=attachment)
    assert [(a.url, a.media_type, a.description) for a in note.attachments] == [
        ("https://peer.example/a.png", "image/png", "alt")
    ]


def test_the_first_rendition_that_can_be_shown() -> None:
    links = [
        {"type": "Link", "mediaType": "image/jxl", "href": "https://peer.example/a.jxl"},
        {"type": "Link", "mediaType": "image/jpeg", "href": "https://peer.example/a.jpg", "width": 800, "height": 600},
        {"type": "Link", "mediaType": "image/png", "href": "https://peer.example/a.png"},
    ]
    [attachment] = read(attachment=[{"type": "Image", "url": links, "width": 1}]).attachments
    assert (attachment.url, attachment.media_type) == ("https://peer.example/a.jpg", "image/jpeg")
    assert (attachment.width, attachment.height) == (800, 600)


def test_what_an_attachment_says_of_itself() -> None:
    [attachment] = read(
        attachment={
            **PICTURE,
            "summary": "longer alt",
            "width": 2048,
            "height": 1365.0,
            "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            "focalPoint": [-0.5, 1],
            "digestMultibase": "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n",
            "tdmReservation": 1,
        }
    ).attachments
    assert attachment.description == "longer alt"
    assert (attachment.width, attachment.height) == (2048, 1365)
    assert attachment.blurhash == "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
    assert attachment.focal == (-0.5, 1.0)
    assert attachment.digest_multibase == "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
    assert attachment.rights == {"tdmReservation": 1}


@pytest.mark.parametrize(
    "members",
    [
        {"blurhash": ""},
        {"blurhash": "LEHV6nWB2yk8"},
        {"blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdn<"},
        {"blurhash": "~" * 500},
        {"blurhash": 4},
        {"focalPoint": [0, 2]},
        {"focalPoint": [0]},
        {"focalPoint": [0, 0, 0]},
        {"focalPoint": ["0", "0"]},
        {"focalPoint": [10**400, 0]},
        {"width": 0, "height": -4},
        {"width": 10**9, "height": "wide"},
        {"digestMultibase": "no spaces"},
        {"digestMultibase": ["z1"]},
    ],
)
def test_nonsense_about_a_picture_is_left_out(members: dict[str, Any]) -> None:
    [attachment] = read(attachment={**PICTURE, **members}).attachments
    assert attachment == notes.Attachment(url="https://peer.example/a.png", media_type="image/png", description="alt")


def test_not_endlessly_many_attachments() -> None:
    assert len(read(attachment=[PICTURE] * 200).attachments) == 32


def test_tags_with_holes() -> None:
    tag = [
        {"type": "Mention"},
        {"type": "Mention", "href": None, "name": "@x@y"},
        {"type": "Hashtag", "name": None},
        {"type": "Edition", "id": "https://peer.example/b/1"},
        "https://peer.example/t/2",
        None,
        {"type": "Emoji", "name": ":x:"},
        {"type": "Hashtag", "name": "#ink"},
    ]
    note = read(tag=tag)
    assert (note.hashtags, note.mentions, note.emojis) == (("ink",), (), ())


def test_tags_of_every_kind() -> None:
    mira = "https://art.example/users/mira"
    note = read(
        tag=[
            {"type": "Mention", "href": mira, "name": "@mira@art.example"},
            {"type": "Mention", "href": "https://ART.example/users/mira"},
            {"type": ["Mention"], "href": {"id": "https://art.example/users/nour"}},
            {"type": "as:Hashtag", "name": "Ink"},
            {"type": "Emoji", "name": ":blob_cat:", "icon": {"type": "Image", "url": "https://peer.example/e.png"}},
            {"type": "Emoji", "name": ":<b>:", "icon": {"type": "Image", "url": "https://peer.example/e.png"}},
        ]
    )
    assert note.mentions == (Mention(mira, "@mira@art.example"), Mention("https://art.example/users/nour", ""))
    assert note.hashtags == ("ink",)
    assert note.emojis == (("blob_cat", "https://peer.example/e.png"),)
    assert read(tag={"type": "Hashtag", "name": "#one"}).hashtags == ("one",)


@pytest.mark.parametrize(
    ("name", "hashtag"),
    [
        ("#Ink", "ink"),
        ("ink", "ink"),
        ("##ink", "ink"),
        ("＃ＩＮＫ", "ink"),
        ("#Été", "été"),
        ("#हिन्दी", "हिन्दी"),
        ("#インク", "インク"),
        ("#water_colour2", "water_colour2"),
        ("#ink-wash", "ink"),
        ("#ink wash", "ink"),
        ("#<b>ink</b>", "binkb"),
        ("#2026", None),
        ("#", None),
        ("#!?", None),
        ("", None),
        ("x" * 500, "x" * 100),
    ],
)
def test_hashtags_have_one_spelling(name: str, hashtag: str | None) -> None:
    assert read(tag=[{"type": "Hashtag", "name": name}]).hashtags == ((hashtag,) if hashtag else ())


@pytest.mark.parametrize("term", ["quote", "_misskey_quote", "quoteUrl", "quoteUri"])
def test_quotes_in_every_dialect(term: str) -> None:
    assert read(**{term: WORK}).quote == WORK
    assert read(**{term: {"id": WORK, "type": "Note"}}).quote == WORK
    assert read(**{term: "nothing"}).quote is None


def test_the_quote_that_can_be_approved_comes_first() -> None:
    assert read(quoteUri="https://art.example/works/2", quote=WORK).quote == WORK


def test_an_article_shows_title_abstract_text_and_link() -> None:
    note = read(type="Article", name="Ink & <wash>", summary="About ink", url="https://peer.example/a?x=1&y=2")
    assert note.content == (
        "<h2>Ink &amp; &lt;wash&gt;</h2><p>About ink</p><p>hi</p>"
        '<p><a href="https://peer.example/a?x=1&amp;y=2">https://peer.example/a?x=1&amp;y=2</a></p>'
    )
    assert (note.summary, note.name) == (None, "Ink & <wash>")


def test_the_summary_of_a_sensitive_video_is_a_warning() -> None:
    note = read(type="Video", summary="blood", sensitive=True)
    assert note.summary == "blood"
    assert "blood" not in note.content


def test_the_name_of_a_note_is_not_put_into_its_content() -> None:
    note = read(name="A title")
    assert (note.name, note.content) == ("A title", "<p>hi</p>")


def test_a_question_shows_its_options() -> None:
    choices = [{"type": "Note", "name": "<ink>"}, {"type": "Note"}, None, {"type": "Note", "name": "oil"}]
    assert read(type="Question", oneOf=choices).content == "<p>hi</p><ul><li>&lt;ink&gt;</li><li>oil</li></ul>"
    assert read(type="Question", anyOf=choices[-1]).content == "<p>hi</p><ul><li>oil</li></ul>"


def test_plain_text_and_markdown_become_html() -> None:
    note = read(mediaType="text/markdown", content="a < b\r\n*c*\nd")
    assert note.content == "<p>a &lt; b<br>*c*<br>d</p>"
    assert read(mediaType="text/html; charset=utf-8").content == "<p>hi</p>"


def test_an_image_is_its_own_attachment() -> None:
    links = [
        {"type": "Link", "mediaType": "text/html", "href": "https://peer.example/@lee/1"},
        {"type": "Link", "mediaType": "image/png", "href": "https://peer.example/a.png"},
    ]
    note = read(type="Image", name="Dawn", url=links, attachment=[{**PICTURE, "url": "https://peer.example/b.png"}])
    assert [a.url for a in note.attachments] == ["https://peer.example/a.png", "https://peer.example/b.png"]
    assert note.url == "https://peer.example/@lee/1"
    assert note.content.startswith("<h2>Dawn</h2>")
    plain = read(type="Image", url="https://peer.example/a.png", mediaType="image/png", content=None)
    assert [a.url for a in plain.attachments] == ["https://peer.example/a.png"]
    assert read(type="Image", url="https://peer.example/page").attachments == ()


def test_endless_content_is_cut_but_keeps_the_link() -> None:
    assert len(read(content="x" * 900_000).content) == 100_000
    article = read(type="Article", content="x" * 900_000)
    assert len(article.content) == 100_000
    assert article.content.endswith(f'<a href="{NOTE}">{NOTE}</a></p>')
