"""The links from a work to what says its rights, alike in the `Link` header and in the head of a page.

Spec: RFC 8288; RFC 4946 (license); RFC 6903 (terms-of-service); RSL 1.0, discovery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fediart.rights.reservation import Reservation

RSL_TYPE: Final = "application/rsl+xml"

_TARGET = re.compile(r"<([^<>]*)>")
_PARAMETER = re.compile(r";\s*([\w*!#$&+.^`|~-]+)\s*=\s*(?:\"([^\"]*)\"|([^\s\",;<>]*))")


@dataclass(frozen=True, slots=True)
class Link:
    """One link; `rel` are its relation types, separated by spaces."""

    href: str
    rel: str
    type: str = ""


def of(r: Reservation) -> list[Link]:
    """Return the links of a work: its licence, its RSL document, and the page of terms for people.

    The last has both relations: a reader that looks for a licence finds it, one that wants to tell the licence from
    the terms can.
    """
    links = [Link(r.license, "license")] if r.license else []
    if r.rsl_url:
        links.append(Link(r.rsl_url, "license", RSL_TYPE))
    if r.usage_info_url:
        links.append(Link(r.usage_info_url, "license terms-of-service"))
    return links


def write(href: str, rel: str, type_: str = "") -> str:
    """Return a `Link` value; `href` is ASCII by now."""
    return f'<{href}>; rel="{rel}"' + (f'; type="{type_}"' if type_ else "")


def read(value: str) -> list[Link]:
    """Read a `Link` value, any number of links; what is no link is skipped."""
    links: list[Link] = []
    targets = list(_TARGET.finditer(value))
    for target, following in zip(targets, [*targets[1:], None], strict=True):
        text = value[target.end() : following.start() if following else len(value)]
        parameters: dict[str, str] = {}
        for name, quoted, token in _PARAMETER.findall(text):
            parameters.setdefault(name.lower(), quoted or token)  # of a repeated `rel` the first counts
        links.append(Link(target[1].strip(), parameters.get("rel", "").lower(), parameters.get("type", "").lower()))
    return links


def read_terms(links: Iterable[Link]) -> dict[str, str]:
    """Return the rights terms among links: `license`, `rsl` and `usageInfo`, the first of each."""
    terms: dict[str, str] = {}
    for link in links:
        relations = link.rel.split()
        if "license" in relations and link.type.lower() == RSL_TYPE:
            terms.setdefault("rsl", link.href)
        elif "terms-of-service" in relations:
            terms.setdefault("usageInfo", link.href)
        elif "license" in relations:
            terms.setdefault("license", link.href)
    return terms
