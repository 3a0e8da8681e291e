"""Really Simple Licensing documents: one for the site, one for each work, and the same inside a feed's item.

Spec: RSL 1.0, https://rslstandard.org/rsl. Its words are `ai-train`, `ai-input` and `ai-all`; `train-ai` is AIPREF's.
No `server` is named: what is refused is not for sale there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from fediart.rights import robots_groups, table
from fediart.rights.finding import Finding, combine_uses, combine_verdicts
from fediart.rights.reservation import Reservation
from fediart.rights.xml_text import clean

NAMESPACE: Final = "https://rslstandard.org/rsl"
MEDIA_TYPE: Final = "application/rsl+xml"

_USES: Final = {"ai-train": "train-ai", "ai-input": "ai-use", "search": "search"}
_MEANS: Final = {
    "all": ("train-ai", "ai-use", "search"),
    "ai-all": ("train-ai", "ai-use"),
    **{token: (use,) for token, use in _USES.items()},
}
_LARGEST: Final = 1_000_000
_MOST: Final = 1000
_LONGEST_TEXT: Final = 2048


def write(r: Reservation, urls: Iterable[str], *, person: bool = True, contact_email: str = "") -> bytes:
    """Return the document. `urls` are what it speaks of: `/` for the site, a work's page and its pictures."""
    root = Element("rsl", {"xmlns": NAMESPACE})
    for url in urls:
        root.append(content(r, url, person=person, contact_email=contact_email))
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def content(r: Reservation, url: str, *, person: bool = True, contact_email: str = "", prefix: str = "") -> Element:
    """Return one `content` element; `prefix` is for where the namespace is bound to one, as in a feed.

    Both `permits` and `prohibits` are written: readers differ in what they take for granted.
    """
    row = table.TABLE[r.policy]
    element = Element(f"{prefix}content", {"url": clean(url)})
    licence = SubElement(element, f"{prefix}license")
    for name, tokens in (("permits", row.rsl_permits), ("prohibits", row.rsl_prohibits)):
        if tokens:
            SubElement(licence, f"{prefix}{name}", {"type": "usage"}).text = " ".join(tokens)
    SubElement(licence, f"{prefix}legal", {"type": "disclaimer"}).text = "as-is"
    contact = {"type": "person" if person else "organization", "contactUrl": r.acquire_url or r.holder_url}
    if contact_email:
        contact["contactEmail"] = clean(contact_email)
    SubElement(element, f"{prefix}copyright", contact)
    SubElement(element, f"{prefix}terms").text = r.usage_info_url or r.policy_url
    return element


def read(body: bytes, url: str = "") -> Finding:
    """Find what a document says. `url` narrows it to the contents that begin with it or that it begins with.

    A prohibition reserves however it is spelled in case; a permission counts where nothing prohibits the same.
    Trust: none; entities and document types are refused, and so is what is no RSL.
    """
    if len(body) > _LARGEST:
        return Finding()
    try:
        root = SafeTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return Finding()
    return read_contents((each for each in root.iter(f"{{{NAMESPACE}}}content")), url)


def read_contents(contents: Iterable[Element], url: str = "") -> Finding:
    """Find what `content` elements say, as `read` does."""
    verdicts: list[bool | None] = []
    uses: list[dict[str, bool]] = []
    terms: dict[str, str] = {}
    for element in _first(contents):
        if url and not robots_groups.is_match(element.get("url", ""), url):
            continue
        for licence in _first(element.iter(f"{{{NAMESPACE}}}license")):
            permitted, prohibited = _usage(licence, "permits"), _usage(licence, "prohibits", is_lenient=True)
            stated = combine_uses(dict.fromkeys(permitted, True), dict.fromkeys(prohibited, False))
            uses.append(stated)
            verdicts.append(None if "train-ai" not in stated else not stated["train-ai"])
        for name, value in _statements(element):
            terms.setdefault(name, value)
    return Finding(combine_verdicts(verdicts), terms, combine_uses(*uses))


def _statements(element: Element) -> Iterator[tuple[str, str]]:
    for name in ("permits", "prohibits"):
        found = element.find(f"{{{NAMESPACE}}}license/{{{NAMESPACE}}}{name}")
        if found is not None and found.text and len(found.text) <= _LONGEST_TEXT:
            yield name, found.text.strip()
    found = element.find(f"{{{NAMESPACE}}}terms")
    if found is not None and found.text and len(found.text) <= _LONGEST_TEXT:
        yield "usageInfo", found.text.strip()


def _usage(licence: Element, name: str, *, is_lenient: bool = False) -> list[str]:
    found: list[str] = []
    for element in _first(licence.iter(f"{{{NAMESPACE}}}{name}")):
        if element.get("type", "usage") != "usage":
            continue
        text = (element.text or "")[:_LONGEST_TEXT]
        for token in (text.lower().replace(",", " ") if is_lenient else text).split():
            found += _MEANS.get(token, ())
    return found


def _first(elements: Iterable[Element]) -> Iterator[Element]:
    for number, element in enumerate(elements):
        if number == _MOST:
            return
        yield element
