"""HTML in and out: plain text to the few elements that survive everywhere, foreign HTML to safe HTML, HTML to text.

Pure. What comes out of `from_text` and `sanitize` is safe to put into a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import nh3

_TAGS = {
    "p", "br", "span", "a", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i", "em", "ul", "ol", "li",
    "h1", "h2", "h3", "h4", "h5", "h6", "ruby", "rt", "rp", "hr", "sub", "sup", "small",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "class", "translate", "hreflang"},
    "span": {"class", "translate"},
    "p": {"class"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "*": {"lang", "dir"},
}
_CLASS = re.compile(r"(?:[hpu]-[\w-]+|dt-[\w-]+|e-[\w-]+|mention|hashtag|ellipsis|invisible|quote-inline)")
_SCHEMES = {"http", "https", "xmpp", "magnet", "gemini", "ipfs", "ipns", "dweb", "mailto"}

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>\"']+)"
    r"|(?<![\w/])(?P<mention>@[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*@[\w.-]+(?::\d+)?[\w])"
    r"|(?<![\w/@.&=])(?P<local>@[A-Za-z0-9_]{1,30})(?![\w@/]|[.-]\w)"
    r"|(?<![\w&/#])#(?P<tag>\w*[^\W\d]\w*)",
    re.UNICODE,
)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = [word for word in value.split() if _CLASS.fullmatch(word)]
        return " ".join(kept) or None
    if name == "translate":
        return "no" if value == "no" else None
    return value


def sanitize(markup: str) -> str:
    """Make foreign HTML safe: known elements, no script, style, handler, image or odd scheme; links leave no trace."""
    return nh3.clean(
        markup.replace("\x00", ""),
        tags=_TAGS,
        clean_content_tags={"script", "style", "math", "svg", "template", "iframe", "object", "noscript"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    )


def from_text(
    text: str,
    *,
    mentions: Mapping[str, tuple[str, str]] | None = None,
    tag_href: Callable[[str], str] | None = None,
) -> str:
    """Turn plain text into paragraphs with links.

    `mentions` maps a handle as written (`@lee@host`, or `@lee` of this server; lower case) to (profile address, user
    name); others stay text.
    `tag_href` gives a hashtag's page; without it hashtags stay text.
    """
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip().replace("\r\n", "\n")) if part.strip()]
    return "".join(f"<p>{_inline(part.strip(), mentions or {}, tag_href)}</p>" for part in paragraphs)


def _inline(text: str, mentions: Mapping[str, tuple[str, str]], tag_href: Callable[[str], str] | None) -> str:
    out: list[str] = []
    last = 0
    for match in _TOKEN.finditer(text):
        out.append(_escape(text[last : match.start()]))
        last = match.end()
        whole = match.group(0)
        if match.group("url"):
            url = whole.rstrip(".,;:!?)]}»”’")
            out.append(link(url) + _escape(whole[len(url) :]))
        elif match.group("mention") or match.group("local"):
            known = mentions.get(whole.lower())
            out.append(mention_link(*known) if known else _escape(whole))
        else:
            name = match.group("tag")
            out.append(hashtag_link(name, tag_href(name)) if tag_href else _escape(whole))
    out.append(_escape(text[last:]))
    return "".join(out)


def _escape(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")


def link(url: str, text: str | None = None) -> str:
    shown = text if text is not None else re.sub(r"^https?://(www\.)?", "", url)
    return f'<a href="{html.escape(url)}" rel="nofollow noopener">{html.escape(shown, quote=False)}</a>'


def mention_link(href: str, username: str) -> str:
    """Interop: Mastodon keeps `u-url` links out of previews and shows `mention` as a profile."""
    return (
        f'<span class="h-card" translate="no"><a href="{html.escape(href)}" class="u-url mention">'
        f"@<span>{html.escape(username, quote=False)}</span></a></span>"
    )


def hashtag_link(name: str, href: str) -> str:
    return f'<a href="{html.escape(href)}" class="mention hashtag" rel="tag">#<span>{html.escape(name)}</span></a>'


def hashtags_in(text: str) -> list[str]:
    """Return the hashtags written in plain text, in order, without `#`."""
    return [m.group("tag") for m in _TOKEN.finditer(text) if m.group("tag")]


def mentions_in(text: str) -> list[str]:
    """Return the handles written in plain text, `@user@host` or `@user` of this server, in order."""
    found = (m.group("mention") or m.group("local") for m in _TOKEN.finditer(text))
    return [handle for handle in found if handle]


class _Text(HTMLParser):
    _BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag in self._BLOCKS and self.parts:
            self.parts.append("\n\n")
        elif tag == "li":
            self.parts.append("\n- ")
        if tag in ("script", "style"):
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def to_text(markup: str) -> str:
    """Turn HTML into plain text for a terminal, a notification or an alt text."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)).strip()
