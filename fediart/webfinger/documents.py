"""JRD, XRD and NodeInfo documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from fediart import __version__
from fediart.activitypub.urls import Urls
from fediart.activitypub.vocabulary import CONTENT_TYPE

NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/"
REPOSITORY = "https://github.com/fediart/fediart"


def jrd(*, subject: str, actor_uri: str, page: str, avatar: tuple[str, str] | None, at: Urls) -> dict[str, Any]:
    """Build an account's JRD.

    Spec: RFC 7033 section 4.4. Interop: Mastodon before 4.3 looks at one `self` link only, so there is exactly one.
    """
    links: list[dict[str, Any]] = [
        {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page},
        {"rel": "self", "type": CONTENT_TYPE, "href": actor_uri},
        {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": f"{at.base}/authorize_interaction?uri={{uri}}"},
    ]
    if avatar:
        links.append({"rel": "http://webfinger.net/rel/avatar", "type": avatar[1], "href": avatar[0]})
    return {"subject": subject, "aliases": list(dict.fromkeys([page, actor_uri])), "links": links}


def _template(at: Urls) -> str:
    return f"{at.base}/.well-known/webfinger?resource={{uri}}"


def host_meta(at: Urls) -> str:
    """Spec: RFC 6415."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="application/jrd+json" template={quoteattr(_template(at))}/>\n'
        "</XRD>\n"
    )


def host_meta_json(at: Urls) -> dict[str, Any]:
    return {"links": [{"rel": "lrdd", "type": "application/jrd+json", "template": _template(at)}]}


def nodeinfo_links(at: Urls) -> dict[str, Any]:
    return {
        "links": [
            {"rel": f"{NODEINFO}{version}", "href": f"{at.base}/nodeinfo/{version}"} for version in ("2.0", "2.1")
        ]
    }


def nodeinfo(
    version: str, *, counts: Mapping[str, int], active_month: int, active_halfyear: int, metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """Build a NodeInfo document of version 2.0 or 2.1."""
    software: dict[str, Any] = {"name": "fediart", "version": __version__}
    if version == "2.1":
        software["repository"] = REPOSITORY
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {
            "users": {
                "total": counts["artists"],
                "activeMonth": active_month,
                "activeHalfyear": active_halfyear,
            },
            "localPosts": counts["posts"],
        },
        "metadata": dict(metadata),
    }
