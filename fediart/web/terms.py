"""Rights for people: each policy in plain words, each signal with the value we send, and this server's own default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Any

from fediart import config
from fediart.activitypub.urls import Urls
from fediart.db import tables
from fediart.outbox import render
from fediart.rights import html_head, http_headers, inheritance, note_terms
from fediart.rights.reservation import Policy, Reservation
from fediart.web.site import Site

DIRECTIVE = "Article 4(3) of Directive (EU) 2019/790"
# Strictest first: a file that several works share is served under the strictest of their policies.
STRICTNESS = inheritance.STRICTEST_FIRST


@dataclass(frozen=True, slots=True)
class Words:
    """`label` for a line, `summary` for a panel, `points` for a page."""

    label: str
    summary: str
    points: tuple[str, ...]


_SEARCH = "Search engines may index the pages and show previews that lead here."
_ASK = "Anybody who wants to do more has to ask the artist first."
_EXPRESS = f"This is an express reservation of rights under {DIRECTIVE}."

WORDS: Mapping[Policy, Words] = MappingProxyType(
    {
        Policy.NO_AI: Words(
            "No AI training",
            "The artist reserves all use for AI: no training, no fine-tuning, no data sets, no generation from it.",
            (
                "Text and data mining is reserved: no training or fine-tuning of AI models, no collecting into "
                "data sets for that.",
                "No use as input of an AI system that answers, imitates or generates from it.",
                _SEARCH,
                _ASK,
                _EXPRESS,
            ),
        ),
        Policy.STRICT: Words(
            "No AI, no search engines",
            "The artist reserves all text and data mining, for AI and for search engines alike.",
            (
                "Text and data mining is reserved for every purpose: no AI training, no AI use, no data sets.",
                "Search engines are asked not to index the pages or the pictures.",
                _ASK,
                _EXPRESS,
            ),
        ),
        Policy.NO_GENAI: Words(
            "No AI training",
            "The artist reserves training: no AI model may learn from it, least of all one that generates.",
            (
                "Text and data mining for training AI models is reserved, above all for models that generate.",
                _SEARCH,
                _ASK,
                _EXPRESS,
            ),
        ),
        Policy.RESEARCH_ONLY: Words(
            "Research only, no AI training",
            "Scientific research may mine it; every other text and data mining and AI training is reserved.",
            (
                "Text and data mining is permitted for scientific research.",
                "For any other purpose, AI training included, it is reserved.",
                _SEARCH,
                _ASK,
                _EXPRESS,
            ),
        ),
        Policy.CUSTOM: Words(
            "No AI training, own terms",
            "The artist reserves all use for AI, except what their own terms for this work grant.",
            (
                "Text and data mining is reserved, and so are training of AI models and use as input of an AI system, "
                "unless the artist’s own terms say otherwise.",
                _SEARCH,
                _ASK,
                _EXPRESS,
            ),
        ),
        Policy.ALLOW: Words(
            "Mining permitted",
            "The artist permits text and data mining, AI training included. The licence still applies.",
            (
                "Text and data mining, AI training included, is permitted.",
                "Copyright and the licence still apply to the work itself.",
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Signals:
    """One place where the rights are stated, and the lines as they are sent there."""

    where: str
    lines: tuple[tuple[str, str], ...]


def instance_reservation(site: Site, declared_at: datetime) -> Reservation:
    """Return what holds where no artist says anything: this server's default."""
    return default_reservation(site.settings, site.urls, declared_at)


def default_reservation(settings: config.Config, urls: Urls, declared_at: datetime) -> Reservation:
    """Return the default of a server with these settings."""
    policy = Policy(settings.rights.policy)
    return Reservation(
        policy=policy,
        license=settings.rights.license or render.default_licence(urls, policy),
        credit=settings.instance.name or settings.instance.domain,
        copyright_notice="",
        source_type=None,
        holder_url=f"{urls.base}/",
        policy_url=f"{urls.base}/rights/policy.jsonld",
        usage_info_url=f"{urls.base}/rights",
        acquire_url="",
        version=1,
        declared_at=declared_at,
        rsl_url=f"{urls.base}/license.xml",
    )


def signals(reserved: Reservation, note: Mapping[str, Any]) -> list[Signals]:
    """List every signal with its value; `note` holds the terms inside the signed document."""
    head = [(tag, dict(attributes)) for tag, attributes in html_head.write(reserved)]
    return [
        Signals("HTTP headers of the page and of each picture", tuple(http_headers.write(reserved))),
        Signals("In the page’s HTML", tuple((_name(tag, found), _element(tag, found)) for tag, found in head)),
        Signals("In the signed ActivityPub document", tuple((name, str(value)) for name, value in note.items())),
    ]


def picture_signals(reserved: Reservation, pictures: Sequence[tables.Attachment]) -> list[Signals]:
    """List what the signed document states of each picture; the digest ties the statement to its bytes."""
    found = []
    for number, picture in enumerate(pictures, start=1):
        stated = note_terms.write_attachment(
            reserved, digest_multibase=picture.digest or "", size_bytes=picture.size_bytes or 0
        )
        which = f"picture {number}" if len(pictures) > 1 else "the picture"
        lines = tuple((name, str(value)) for name, value in stated.items())
        found.append(Signals(f"In the signed document, for {which}", lines))
    return found


def _name(tag: str, attributes: Mapping[str, str]) -> str:
    return attributes.get("name") or attributes.get("rel") or tag


def _element(tag: str, attributes: Mapping[str, str]) -> str:
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag} {written}>"
