"""A remote post in one form, whatever type and shape the peer gave it.

A part that makes no sense is left out and the rest kept. `content` is HTML as received: sanitise before showing.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fediart.activitypub import addressing, shapes, tags, timestamps
from fediart.activitypub.attachments import Attachment, attachments_of
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.tags import Mention
from fediart.activitypub.vocabulary import OBJECT_TYPES

__all__ = ["Attachment", "Mention", "RemoteNote", "read_note"]

_MAX_CONTENT_CHARACTERS: Final = 100_000
_MAX_SHORT_CHARACTERS: Final = 2048
_MAX_ATTACHMENTS: Final = 32
_MAX_OPTIONS: Final = 500
# Only `quote` comes with an approval (FEP-044f); the others are what Misskey and Fedibird write.
_QUOTE_TERMS: Final = ("quote", "_misskey_quote", "quoteUrl", "quoteUri")


@dataclass(frozen=True, slots=True)
class RemoteNote:
    """`summary` is the content warning; `hashtags` are without `#`, in lower case; `url` is the page, else the id."""

    id: str
    type: str
    attributed_to: tuple[str, ...]
    content: str
    language: str | None
    summary: str | None
    sensitive: bool
    name: str | None
    published: datetime | None
    updated: datetime | None
    in_reply_to: str | None
    url: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    hashtags: tuple[str, ...]
    mentions: tuple[Mention, ...]
    emojis: tuple[tuple[str, str], ...]
    conversation: str | None
    context: str | None
    quote: str | None
    has_proof: bool
    rights: dict[str, Any]
    raw: dict[str, Any]


def read_note(doc: dict[str, Any], *, language: str | None = None) -> RemoteNote:
    """Read a Note, or any of the types that are shown like one; of several translations prefer `language`.

    Raises: ProtocolError when the type is another, or id or author is missing or unusable.
    Trust: the caller knows that the document comes from the host of its id.
    """
    note_type = shapes.type_of(doc, OBJECT_TYPES)
    if note_type is None:
        raise ProtocolError("The object is of no type that can be shown", detail=f"{shapes.types_of(doc)!r}"[:500])
    note_id = shapes.own_web_id_of(doc)
    if note_id is None:
        raise ProtocolError("The object has no usable id")
    authors = _authors_of(doc)
    if not authors:
        raise ProtocolError("The object has no usable author in attributedTo", detail=note_id)
    url = shapes.url_of(doc.get("url")) or note_id
    texts = _read_texts(doc, note_type, url, language)
    return RemoteNote(
        id=note_id,
        type=note_type,
        attributed_to=authors,
        content=texts.content[:_MAX_CONTENT_CHARACTERS],
        language=texts.language,
        summary=texts.summary,
        sensitive=shapes.bool_of(doc.get("sensitive")),
        name=texts.name,
        published=timestamps.read_timestamp(doc.get("published")),
        updated=timestamps.read_timestamp(doc.get("updated")),
        in_reply_to=shapes.reference_of(doc.get("inReplyTo")) or shapes.reference_of(doc.get("inReplyToAtomUri")),
        url=url,
        to=addressing.read_audience(doc.get("to")),
        cc=addressing.read_audience(doc.get("cc")),
        attachments=tuple(attachments_of(doc, language=language))[:_MAX_ATTACHMENTS],
        hashtags=tags.hashtags_of(doc.get("tag")),
        mentions=tags.mentions_of(doc.get("tag")),
        emojis=tags.emojis_of(doc.get("tag")),
        conversation=shapes.reference_of(doc.get("conversation")),
        context=shapes.reference_of(doc.get("context")),
        quote=next((ref for term in _QUOTE_TERMS if (ref := shapes.web_reference_of(doc.get(term)))), None),
        has_proof=any(isinstance(proof, dict) for proof in shapes.as_list(doc.get("proof"))),
        rights=shapes.rights_of(doc),
        raw=doc,
    )


@dataclass(frozen=True, slots=True)
class _Texts:
    content: str
    language: str | None
    summary: str | None
    name: str | None


def _authors_of(doc: dict[str, Any]) -> tuple[str, ...]:
    ids = (shapes.web_reference_of(iri) for iri in shapes.ids_of(doc.get("attributedTo")))
    return tuple(dict.fromkeys(iri for iri in ids if iri is not None))


def _read_texts(doc: dict[str, Any], note_type: str, url: str, wanted: str | None) -> _Texts:
    """Give the texts, with everything that only other types show worked into the content.

    Interop: Mastodon 4.5 shows a post of another type than Note and Question by title, summary and link; the
    content, which it leaves out, is kept here. There a summary is an abstract, and a warning only if `sensitive`.
    """
    name, name_language = shapes.text_of(doc, "name", wanted)
    summary, summary_language = shapes.text_of(doc, "summary", wanted)
    content, language = shapes.text_of(doc, "content", wanted)
    body = _as_html(content or "", doc.get("mediaType"))
    name = name.strip()[:_MAX_SHORT_CHARACTERS] if name else None
    summary = summary.strip()[:_MAX_SHORT_CHARACTERS] if summary else None
    if note_type == "Question":
        body += _options_of(doc, wanted)
    elif note_type != "Note":
        title = f"<h2>{html.escape(name)}</h2>" if name else ""
        abstract = f"<p>{summary}</p>" if summary and not shapes.bool_of(doc.get("sensitive")) else ""
        link = f'<p><a href="{html.escape(url)}">{html.escape(url)}</a></p>'
        # The link leads to all that is cut, so it must survive the cut itself.
        body = f"{title}{abstract}{body}"[: _MAX_CONTENT_CHARACTERS - len(link)] + link
        summary = None if abstract else summary
    return _Texts(
        content=body, language=language or summary_language or name_language, summary=summary or None, name=name or None
    )


def _as_html(content: str, media_type: object) -> str:
    """Turn plain text and Markdown into HTML that reads the same; HTML is the default.

    Interop: PeerTube 6 describes its videos in `text/markdown`. On an Image `mediaType` is that of the file.
    """
    kind = shapes.media_type_of(media_type) or "text/html"
    if not content or not kind.startswith("text/") or kind == "text/html":
        return content
    lines = html.escape(content, quote=False).replace("\r\n", "\n").split("\n")
    return f"<p>{'<br>'.join(lines)}</p>"


def _options_of(doc: dict[str, Any], wanted: str | None) -> str:
    choices = shapes.as_list(doc.get("oneOf")) or shapes.as_list(doc.get("anyOf"))
    names = (shapes.text_of(choice, "name", wanted)[0] for choice in choices[:_MAX_OPTIONS])
    items = "".join(f"<li>{html.escape(name[:_MAX_SHORT_CHARACTERS])}</li>" for name in names if name)
    return f"<ul>{items}</ul>" if items else ""
