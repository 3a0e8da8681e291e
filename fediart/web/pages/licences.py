"""`/licences/<name>`: the short texts that a work's `license` points at when its artist names no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from quart import Response

from fediart import clock, errors
from fediart.outbox import render
from fediart.web import answer, terms
from fediart.web.answer import Head
from fediart.web.site import Route, Site


@dataclass(frozen=True, slots=True)
class Licence:
    title: str
    paragraphs: tuple[str, ...]


_LOOK = (
    "The artist keeps all rights in this work. You are welcome to look at it, to link to it, and to pass it on with "
    "the means of the fediverse: boosting it, replying to it, seeing it on servers that received it from the artist."
)
_ASK = (
    "Everything else needs the artist’s permission first: copying it elsewhere, printing it, changing it, selling it, "
    "using it in a product. The artist’s page says how to reach them. What the law allows without asking, such as "
    "quotation, stays allowed."
)
_MINING = (
    "Text and data mining is reserved, expressly and in machine-readable form, under "
    f"{terms.DIRECTIVE}: no training or fine-tuning of AI models, no collecting into data sets for that purpose. "
    "What exactly is reserved stands in the policy of each work and is sent with every page, picture and document."
)

LICENCES: Mapping[str, Licence] = MappingProxyType(
    {
        render.ALL_RIGHTS_RESERVED: Licence("All rights reserved", (_LOOK, _ASK)),
        render.ALL_RIGHTS_RESERVED_NO_AI: Licence("All rights reserved, no AI training", (_LOOK, _ASK, _MINING)),
    }
)
_KNOWN_HOST = "creativecommons.org"


def title_of(site: Site, address: str) -> str:
    """Return a licence's name for people."""
    for name, licence in LICENCES.items():
        if address == site.urls.licence(name):
            return licence.title
    parts = urlsplit(address)
    path = [part for part in parts.path.split("/") if part]
    if (parts.hostname or "").removeprefix("www.") == _KNOWN_HOST and len(path) >= 3:
        kind, name, version = path[0], path[1].upper(), path[2]
        return f"CC0 {version}" if kind == "publicdomain" and name == "ZERO" else f"CC {name} {version}"
    return (parts.hostname or address) + (parts.path if parts.path != "/" else "")


async def licence(site: Site, name: str) -> Response:
    found = LICENCES.get(name)
    if found is None:
        raise errors.NotFoundError("There is no licence of this name here.")
    return await answer.page(
        site,
        "licence.html",
        Head(
            title=f"{found.title} – {site.name}",
            description=found.paragraphs[0],
            canonical=site.urls.licence(name),
        ),
        terms.instance_reservation(site, clock.now()),
        licence=found,
    )


ROUTES = (Route("/licences/<name>", licence),)
