"""What a remote post tags: hashtags, mentions and custom emoji; unknown or broken tags are passed over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fediart.activitypub import shapes

_MAX_TAGS: Final = 256
_MAX_HASHTAG_CHARACTERS: Final = 100
_MAX_NAME_CHARACTERS: Final = 500
_HASHTAG_END = re.compile(r"[\s-]")
_EMOJI = re.compile(r":?([A-Za-z0-9_+-]{1,64}):?")
_EMOJI_MEDIA_TYPES: Final = ("image/png", "image/webp", "image/gif", "image/avif")


@dataclass(frozen=True, slots=True)
class Mention:
    """`href` is the id of the actor mentioned; `name` is as written, often `@name@host`."""

    href: str
    name: str


def hashtags_of(value: object) -> tuple[str, ...]:
    """Give the hashtags, normalised, each once."""
    names = (shapes.text_of(tag, "name")[0] for tag in _tags(value, "Hashtag"))
    hashtags = (normalize_hashtag(name) for name in names if name)
    return tuple(dict.fromkeys(hashtag for hashtag in hashtags if hashtag is not None))


def mentions_of(value: object) -> tuple[Mention, ...]:
    """Give the actors mentioned, each once; a mention that leads nowhere is none."""
    mentions: dict[str, Mention] = {}
    for tag in _tags(value, "Mention"):
        href = shapes.web_reference_of(tag.get("href"))
        if href is not None and href not in mentions:
            name = shapes.text_of(tag, "name")[0] or ""
            mentions[href] = Mention(href=href, name=name.strip()[:_MAX_NAME_CHARACTERS])
    return tuple(mentions.values())


def emojis_of(value: object) -> tuple[tuple[str, str], ...]:
    """Give the custom emoji as pairs of shortcode, without colons, and address of the picture."""
    emojis: dict[str, str] = {}
    for tag in _tags(value, "Emoji"):
        match = _EMOJI.fullmatch((shapes.text_of(tag, "name")[0] or "").strip())
        url = shapes.url_of(tag.get("icon"), prefer=_EMOJI_MEDIA_TYPES)
        if match is not None and url is not None:
            emojis.setdefault(match[1], url)
    return tuple(emojis.items())


def normalize_hashtag(name: str) -> str | None:
    """Give a hashtag without `#`, in its one spelling; None when nothing remains that could be a tag.

    Interop: as Mastodon 4.5 does, compatibility forms are folded, a space or hyphen ends the tag, other signs vanish,
    and digits alone are no tag.
    """
    folded = unicodedata.normalize("NFKC", name.strip().lstrip("#＃")).lower()
    head = _HASHTAG_END.split(folded, maxsplit=1)[0]
    hashtag = "".join(character for character in head if _is_hashtag_character(character))[:_MAX_HASHTAG_CHARACTERS]
    return None if not hashtag or hashtag.isdecimal() else hashtag


def _is_hashtag_character(character: str) -> bool:
    # Marks and joiners are part of the letters of Indic and Persian words.
    return character.isalnum() or character in "_·\u200c\u200d" or unicodedata.category(character).startswith("M")


def _tags(value: object, type_name: str) -> Iterator[dict[str, object]]:
    for tag in shapes.as_list(value)[:_MAX_TAGS]:
        if isinstance(tag, dict) and type_name in shapes.types_of(tag):
            yield tag
