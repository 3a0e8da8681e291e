"""One form for what JSON-LD lets peers write in many: scalar or list, id or object, Link, language map, value object.

Every reader of remote JSON goes through these functions, none of which raises. They give what was written; whether
it may be believed is for `origins`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from fediart.activitypub import origins
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.vocabulary import AS_NAMESPACE, RIGHTS_TERMS

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\x00-\x20\x7f]+")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
MAX_SIDE_PX: Final = 100_000
_MAX_RIGHTS_CHARACTERS: Final = 2048
_MAX_RIGHTS_VALUES: Final = 8


@dataclass(frozen=True, slots=True)
class Link:
    """An http(s) address with what its Link says about the thing behind it."""

    href: str
    media_type: str | None = None
    width: int | None = None
    height: int | None = None


def as_list(value: object) -> list[Any]:
    """Give the values of a property: a scalar is a list of one, null and absent are the empty list."""
    if isinstance(value, dict) and ("@list" in value or "@set" in value):
        value = value.get("@list", value.get("@set"))
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [] if value is None else [value]


def id_of(value: object) -> str | None:
    """Give the id of a thing named by text, by object or by Link; of several, the first that has one."""
    return next(_ids(value), None)


def ids_of(value: object) -> tuple[str, ...]:
    """Give all the ids of a property, each once, in their order."""
    return tuple(dict.fromkeys(_ids(value)))


def normalized(iri: str | None) -> str | None:
    """Give an id in comparable form; another scheme (urn:, did:, tag:) stays as it is; what cannot be an id is None."""
    if iri is None:
        return None
    try:
        return origins.normalize_id(iri)
    except ProtocolError:
        is_other_scheme = _SCHEME.fullmatch(iri) and not iri.lower().startswith(("http:", "https:"))
        return iri if is_other_scheme and len(iri) <= origins.MAX_ID_CHARACTERS else None


def reference_of(value: object) -> str | None:
    """Give the normalised id of a thing named in any shape."""
    return normalized(id_of(value))


def web_reference_of(value: object) -> str | None:
    """Give the normalised id of a thing that can be fetched: http(s) only."""
    reference = reference_of(value)
    return reference if reference is not None and _is_web(reference) else None


def own_id_of(doc: dict[str, Any]) -> str | None:
    """Give the normalised id that a node gives itself; where a Link points is not its id."""
    return next((normalized(iri.strip()) for iri in (doc.get("id"), doc.get("@id")) if isinstance(iri, str)), None)


def own_web_id_of(doc: dict[str, Any]) -> str | None:
    """Give the normalised id that a node gives itself, when it can be fetched: http(s) only."""
    own_id = own_id_of(doc)
    return own_id if own_id is not None and _is_web(own_id) else None


def types_of(doc: object) -> tuple[str, ...]:
    """Give the types of a node, ActivityStreams types by their short names."""
    if not isinstance(doc, dict):
        return ()
    names = (item for item in as_list(doc.get("type", doc.get("@type"))) if isinstance(item, str))
    return tuple(dict.fromkeys(name.removeprefix(AS_NAMESPACE + "#").removeprefix("as:") for name in names if name))


def type_of(doc: object, known: frozenset[str]) -> str | None:
    """Give the first type of a node that is known here."""
    return next((name for name in types_of(doc) if name in known), None)


def clean_text(text: str) -> str:
    """Take out what no text should hold: controls but tab and line ends, lone surrogates, noncharacters."""
    return _SURROGATE.sub("\ufffd", _CONTROLS.sub("", text))


def text_of(doc: object, name: str, language: str | None = None) -> tuple[str | None, str | None]:
    """Give a text property and its language: `name`, else its map in `language`, else the map's first entry.

    Spec: ActivityStreams 2.0 Core, section 4.7. Numbers and objects are no text.
    """
    if not isinstance(doc, dict):
        return None, None
    translations = _translations(doc.get(f"{name}Map"))
    plain, tagged = _plain_text(doc.get(name))
    if plain or (plain is not None and not translations):
        return plain, tagged or _language_of(plain, translations)
    if not translations:
        return None, None
    return _translation(translations, language)


def bool_of(value: object, *, default: bool = False) -> bool:
    """Give a flag; `default` for anything that is neither true nor false."""
    for item in as_list(value):
        if isinstance(item, bool):
            return item
        if isinstance(item, str) and item.lower() in {"true", "false"}:
            return item.lower() == "true"
    return default


def int_of(value: object, *, low: int = 0, high: int = 2**31 - 1) -> int | None:
    """Give a whole number between `low` and `high`, None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if low <= value <= high else None


def number_of(value: object) -> float | None:
    """Give a finite number that fits a double, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def media_type_of(value: object) -> str | None:
    """Give the bare media type, lower-case and without parameters."""
    if not isinstance(value, str):
        return None
    name = value.partition(";")[0].strip().lower()
    return name if _MEDIA_TYPE.fullmatch(name) else None


def link_of(value: object, *, prefer: Collection[str] = ()) -> Link | None:
    """Choose one http(s) address among texts, Links and objects with a `url`.

    The first whose media type is in `prefer` wins, then the first without a media type, then the first.
    Spec: ActivityStreams 2.0 Core, section 4.2.
    """
    links = list(_links(value))
    return (
        next((link for link in links if link.media_type in prefer), None)
        or next((link for link in links if link.media_type is None), None)
        or next(iter(links), None)
    )


def url_of(value: object, *, prefer: Collection[str] = ("text/html",)) -> str | None:
    """Give the address that `link_of` chooses: by default the page for people."""
    link = link_of(value, prefer=prefer)
    return link.href if link is not None else None


def rights_of(doc: dict[str, Any]) -> dict[str, Any]:
    """Copy the flat terms about rights that a document carries, when they are of sane type and size."""
    found = {term: _rights_value(doc[term]) for term in RIGHTS_TERMS if term in doc}
    return {term: value for term, value in found.items() if value is not None}


def _ids(value: object) -> Iterator[str]:
    for item in as_list(value):
        candidates = (item.get("id"), item.get("@id"), item.get("href")) if isinstance(item, dict) else (item,)
        texts = (candidate.strip() for candidate in candidates if isinstance(candidate, str))
        if (iri := next((text for text in texts if text), None)) is not None:
            yield iri


def _links(value: object, *, is_inside: bool = False) -> Iterator[Link]:
    for item in as_list(value):
        if isinstance(item, str):
            href, node = item, {}
        elif isinstance(item, dict) and isinstance(item.get("href"), str):
            href, node = item["href"], item
        elif isinstance(item, dict) and not is_inside:
            yield from _links(item.get("url"), is_inside=True)
            continue
        else:
            continue
        address = normalized(href.strip())
        if address is not None and _is_web(address):
            yield Link(
                href=address,
                media_type=media_type_of(node.get("mediaType", node.get("mimeType"))),
                width=int_of(node.get("width"), low=1, high=MAX_SIDE_PX),
                height=int_of(node.get("height"), low=1, high=MAX_SIDE_PX),
            )


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _plain_text(value: object) -> tuple[str | None, str | None]:
    for item in as_list(value):
        if isinstance(item, str):
            return clean_text(item), None
        if isinstance(item, dict) and isinstance(item.get("@value"), str):
            return clean_text(item["@value"]), _read_language(item.get("@language"))
    return None, None


def _translations(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    texts = ((key, _plain_text(item)[0]) for key, item in value.items() if isinstance(key, str))
    return {key: text for key, text in texts if text}


def _language_of(text: str, translations: dict[str, str]) -> str | None:
    """The entry that says the same names the language; Mastodon writes just that one."""
    key = next((key for key, entry in translations.items() if entry == text), None)
    return _read_language(key if key is not None or len(translations) != 1 else next(iter(translations)))


def _translation(translations: dict[str, str], language: str | None) -> tuple[str, str | None]:
    wanted = (language or "").lower()
    by_key = {key.lower(): key for key in reversed(translations)}
    primary = wanted.partition("-")[0]
    key = (
        by_key.get(wanted)
        or by_key.get(primary)
        or next((key for key in translations if primary and key.lower().startswith(f"{primary}-")), None)
        or next(iter(translations))
    )
    return translations[key], _read_language(key)


def _read_language(tag: object) -> str | None:
    if not isinstance(tag, str) or not _LANGUAGE.fullmatch(tag) or tag.lower() == "und":
        return None
    return tag


def _rights_value(value: object) -> Any:
    if isinstance(value, list):
        values = [_rights_value(item) for item in value[:_MAX_RIGHTS_VALUES] if not isinstance(item, list)]
        return [item for item in values if item is not None] or None
    if isinstance(value, dict):
        # Interop: PeerTube 6 writes `licence` as {"identifier": "1", "name": "Attribution"}.
        value = id_of(value) or value.get("name")
    if isinstance(value, str):
        text = clean_text(value)
        return text if 0 < len(text) <= _MAX_RIGHTS_CHARACTERS else None
    if isinstance(value, bool):
        return value
    return int_of(value, low=-(2**31))
