"""From a template to an answer: head, headers, rights signals, validators. Every page goes through `page`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from quart import Response, request

from fediart.activitypub import negotiation
from fediart.activitypub.negotiation import Form
from fediart.rights import html_head, http_headers
from fediart.rights.reservation import Reservation
from fediart.web import templating
from fediart.web.site import Site

PUBLIC = "public, max-age=60"
NOT_KEPT = "no-store"
_ACTIVITY = "application/activity+json"


@dataclass(frozen=True, slots=True)
class PreviewImage:
    """The picture that a link preview shows; `url` is absolute."""

    url: str
    alt: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page says of it. `activity_id` is the ActivityPub document that the page shows."""

    title: str
    description: str = ""
    canonical: str = ""
    activity_id: str = ""
    type: str = "website"
    image: PreviewImage | None = None
    creator: str = ""


async def page(
    site: Site,
    template: str,
    head: Head,
    reserved: Reservation,
    *,
    status: int = 200,
    rules: str = "",
    form_action: str = "'none'",
    cache_control: str = PUBLIC,
    **values: Any,
) -> Response:
    """Render a page. `rules` are style rules of our making for this page; `form_action` is where its form leads."""
    body = (
        templating.environment()
        .get_template(template)
        .render(
            site=site,
            head=head,
            reserved=reserved,
            rights_elements=html_head.write(reserved),
            rules=Markup(rules),  # noqa: S704  numbers and colours only, see `pictures.rules`
            **values,
        )
        .encode()
    )
    response = Response(body, status=status, content_type="text/html; charset=utf-8")
    headers = response.headers
    headers["Content-Security-Policy"] = _policy(rules, form_action)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Vary"] = "Accept"
    headers["Cache-Control"] = cache_control
    if head.activity_id:
        headers.add("Link", f'<{head.activity_id}>; rel="alternate"; type="{_ACTIVITY}"')
    add_rights(response, reserved)
    if status == 200:
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return await response.make_conditional(request)
    return response


def add_rights(response: Response, *reservations: Reservation) -> None:
    """Add the rights headers, each as a line of its own."""
    for reserved in reservations:
        for name, value in http_headers.write(reserved):
            response.headers.add(name, value)


def to_activity(address: str) -> Response | None:
    """Send a client that wants ActivityPub to the document; None when it wants the page."""
    if negotiation.preferred(request.headers.get("Accept"), default=Form.HTML) is not Form.ACTIVITY:
        return None
    return redirect(address, vary="Accept")


def redirect(address: str, *, status: int = 302, vary: str = "") -> Response:
    response = Response(b"", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = address
    response.headers["Cache-Control"] = PUBLIC if status in (301, 302) else NOT_KEPT
    if vary:
        response.headers["Vary"] = vary
    return response


def allow_reading(response: Response, *, exposed: Iterable[str] = ()) -> Response:
    """Let scripts of other sites read the answer: it is public and depends on no cookie."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if names := ", ".join(exposed):
        response.headers["Access-Control-Expose-Headers"] = names
    return response


def _policy(rules: str, form_action: str) -> str:
    style = "'self'"
    if rules:
        style += f" 'sha256-{base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode()}'"
    return (
        f"default-src 'none'; img-src 'self'; style-src {style}; font-src 'self'; form-action {form_action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
