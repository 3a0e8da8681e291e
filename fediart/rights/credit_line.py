"""The last line of a work's `content`, for people on servers that show nothing of its rights terms.

It is prose, which courts have not taken for a machine-readable reservation; the terms of the Note are that. Its link
has the class `u-license`: Interop: Mastodon 4.5 keeps links and microformat classes (`h-`, `p-`, `u-`, `dt-`, `e-`)
and drops every other attribute. Whether it is shown is the artist's switch, and the caller's question.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

from fediart.rights import table
from fediart.rights.finding import Finding
from fediart.rights.reservation import Reservation

CLASS: Final = "u-license"

_WORDS: Mapping[str, tuple[str, str, str]] = {
    "en": ("No AI training", "AI training permitted", "Rights"),
    "de": ("Kein KI-Training", "KI-Training erlaubt", "Rechte"),
    "es": ("Sin entrenamiento de IA", "Entrenamiento de IA permitido", "Derechos"),
    "fr": ("Pas d’entraînement d’IA", "Entraînement d’IA permis", "Droits"),
    "it": ("Nessun addestramento di IA", "Addestramento di IA consentito", "Diritti"),
    "ja": ("AI学習禁止", "AI学習可", "権利"),
    "nl": ("Geen AI-training", "AI-training toegestaan", "Rechten"),
    "pt": ("Sem treinamento de IA", "Treinamento de IA permitido", "Direitos"),
}
_BETWEEN: Final = " · "
_LARGEST: Final = 200_000


def write(r: Reservation, language: str | None = None) -> str:
    """Return the line as a paragraph of HTML, in the language of the work where it is known, else in English."""
    refused, permitted, rights = _WORDS.get((language or "en").partition("-")[0].lower(), _WORDS["en"])
    label = refused if table.TABLE[r.policy].tdm_reservation else permitted
    words = [label, " ".join(r.copyright_notice.split())]
    text = _BETWEEN.join(html.escape(word, quote=False) for word in words if word)
    href = html.escape(r.usage_info_url or r.license or r.policy_url)
    return f'<p>{text}{_BETWEEN}<a href="{href}" class="{CLASS}" rel="license">{rights}</a></p>'


def read(content: str) -> Finding:
    """Find the line in the content of a Note, ours or as another server shows it."""
    if len(content) > _LARGEST:
        return Finding()
    reader = _Reader()
    reader.feed(content)
    if not reader.href:
        return Finding()
    terms = {"usageInfo": reader.href, "creditLine": " ".join(reader.line.split())}
    label = reader.line.strip().split(_BETWEEN, 1)[0].strip()
    if any(label.casefold() == refused.casefold() for refused, _, _ in _WORDS.values()):
        return Finding(True, terms, {"train-ai": False})
    if any(label == permitted for _, permitted, _ in _WORDS.values()):
        return Finding(False, terms, {"train-ai": True})
    return Finding(None, terms)


class _Reader(HTMLParser):
    """The last paragraph with a link of the class, and where that leads."""

    def __init__(self) -> None:
        super().__init__()
        self.href = ""
        self.line = ""
        self._paragraph: list[str] = []
        self._found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self._paragraph, self._found = [], ""
        attributes = dict(attrs)
        if tag == "a" and CLASS in (attributes.get("class") or "").split():
            self._found = attributes.get("href") or ""

    def handle_data(self, data: str) -> None:
        self._paragraph.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self._found:
            self.href, self.line = self._found, "".join(self._paragraph)
