"""The rights signals in the head of a work's page, as elements for a template to print (and escape).

Spec: TDMRep, section 6.3 (meta tdm-reservation, tdm-policy); HTML, link type `license`; RSL 1.0 (the same, of type
application/rsl+xml).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fediart.rights import links, robots_text, table, tdm
from fediart.rights.finding import Finding, combine_uses, combine_verdicts
from fediart.rights.reservation import Reservation

Element = tuple[str, dict[str, str]]


def write(r: Reservation) -> list[Element]:
    """Return (tag, attributes) of each element, in order."""
    row = table.TABLE[r.policy]
    # One element per line of `robots`, like the headers: readers exist that compare the whole text.
    elements = [_meta("robots", line) for line in row.robots]
    elements.append(_meta("tdm-reservation", str(row.tdm_reservation)))
    if row.tdm_reservation:
        elements.append(_meta("tdm-policy", r.policy_url))
    for link in links.of(r):
        attributes = {"rel": link.rel, "href": link.href}
        elements.append(("link", attributes | ({"type": link.type} if link.type else {})))
    return elements


def read(elements: Iterable[tuple[str, Mapping[str, str | None]]]) -> Finding:
    """Find the rights signals among head elements, given as (tag, attributes) in any case and order."""
    verdicts: list[bool | None] = []
    terms: dict[str, str] = {}
    uses: list[dict[str, bool]] = []
    for tag, given in elements:
        attributes = {name.lower(): (value or "").strip() for name, value in given.items()}
        name, content = attributes.get("name", "").lower(), attributes.get("content", "")
        match tag.lower(), name:
            case "meta", "tdm-reservation":
                verdicts.append(reserved := tdm.read_reservation_text(content))
                if reserved is not None:
                    terms["tdmReservation"] = content
            case "meta", "tdm-policy":
                terms["tdmPolicy"] = content
            case "meta", _ if name == "robots" or name.endswith("bot"):
                uses.append(robots_text.read_uses(content) if name == "robots" else {})
                # An opt-out addressed to one robot is still the artist's word.
                if robots_text.is_training_reserved(content):
                    verdicts.append(True)
                    terms["xRobotsTag"] = content
            case "link", _ if attributes.get("href"):
                link = links.Link(attributes["href"], attributes.get("rel", "").lower(), attributes.get("type", ""))
                for term, href in links.read_terms([link]).items():
                    terms.setdefault(term, href)
    return Finding(combine_verdicts(verdicts), terms, combine_uses(*uses))


def _meta(name: str, content: str) -> Element:
    return ("meta", {"name": name, "content": content})
