"""From a handle to the actor behind it, as another server answers it.

Answering such questions ourselves is the `webfinger` package's.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

from fediart.activitypub import documents, handles, shapes
from fediart.activitypub.errors import ProtocolError
from fediart.errors import RemoteError
from fediart.remote.documents import status_error
from fediart.remote.session import Response, Session

ACCEPT: Final = "application/jrd+json, application/json"
_HOST_META_ACCEPT: Final = "application/xrd+xml, application/xml, text/xml"


@dataclass(frozen=True, slots=True)
class _Answer:
    subject: handles.Handle
    actor_uri: str


async def fetch_actor_uri(session: Session, handle: handles.Handle, *, plain_http: bool) -> str:
    """Ask the handle's host for the id of its actor.

    A host that answers for another handle (`@lee@ap.peer.example` is really `@lee@peer.example`) is followed to that
    one host more, which must then speak for itself.

    Spec: RFC 7033; RFC 6415 for the host-meta detour; ActivityPub and WebFinger (SWICG) for the subject.
    Raises: RemoteError when the host does not know or does not answer; ProtocolError when its answer is of no use.
    """
    answer = await _ask(session, handle, plain_http=plain_http)
    if _is_same(answer.subject, handle):
        return answer.actor_uri
    confirmed = await _ask(session, answer.subject, plain_http=plain_http)
    if not _is_same(confirmed.subject, answer.subject):
        raise ProtocolError(
            f"{handle.host} points to {answer.subject}, whose host does not confirm it",
            detail=f"it says {confirmed.subject}",
        )
    return confirmed.actor_uri


async def _ask(session: Session, handle: handles.Handle, *, plain_http: bool) -> _Answer:
    base = f"{'http' if plain_http else 'https'}://{handle.host}/.well-known"
    resource = f"acct:{handle.acct}"
    response = await session.fetch(f"{base}/webfinger?resource={resource}", accept=ACCEPT, signer=None)
    if response.status == 404:
        template = await _fetch_template(session, f"{base}/host-meta", unless=f"{base}/webfinger?")
        if template is not None:
            response = await session.fetch(template.replace("{uri}", resource), accept=ACCEPT, signer=None)
    if response.status != 200:
        raise _refusal(response, handle)
    try:
        return _read_jrd(documents.read_json(response.body), handle)
    except ProtocolError as error:
        raise ProtocolError(f"{handle.host} gives no usable answer about {handle}", detail=str(error)) from error


async def _fetch_template(session: Session, url: str, *, unless: str) -> str | None:
    """Return the address pattern that the host names for questions, if it is not the one already tried."""
    try:
        response = await session.fetch(url, accept=_HOST_META_ACCEPT, signer=None)
    except RemoteError:
        return None
    if response.status != 200:
        return None
    scanner = _TemplateScanner()
    scanner.feed(response.body.decode("utf-8", "replace"))
    template = scanner.template
    return None if template is None or "{uri}" not in template or template.startswith(unless) else template


class _TemplateScanner(HTMLParser):
    """Finds `<Link rel="lrdd" template="…">`. Not an XML parser, on purpose: no stranger's entities are expanded."""

    def __init__(self) -> None:
        super().__init__()
        self.template: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag.rpartition(":")[2] == "link" and values.get("rel") == "lrdd" and self.template is None:
            self.template = values.get("template")


def _read_jrd(document: dict[str, Any], asked: handles.Handle) -> _Answer:
    links = [link for link in shapes.as_list(document.get("links")) if isinstance(link, dict)]
    for link in links:
        kind, href = link.get("type"), link.get("href")
        if link.get("rel") != "self" or not isinstance(kind, str) or not isinstance(href, str):
            continue
        if documents.is_activity_media_type(kind):
            return _Answer(subject=_read_subject(document.get("subject"), asked), actor_uri=href)
    raise ProtocolError("no link to an ActivityPub actor")


def _read_subject(value: object, asked: handles.Handle) -> handles.Handle:
    # A subject that is the actor's URL, or is missing, says nothing against the handle that was asked for.
    if not isinstance(value, str) or not value.lower().startswith("acct:"):
        return asked
    return handles.parse_handle(value)


def _refusal(response: Response, handle: handles.Handle) -> RemoteError:
    if response.status == 404:
        return RemoteError(
            f"{handle.host} knows no @{handle.username}", detail=response.url, is_temporary=False, peer_status=404
        )
    return status_error(response)


def _is_same(one: handles.Handle, other: handles.Handle) -> bool:
    return (one.username.lower(), one.host) == (other.username.lower(), other.host)
