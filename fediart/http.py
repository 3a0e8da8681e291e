"""Answers in ActivityStreams JSON: media type, validators, caching; and the request as its signature covers it."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from quart import Response, request

from fediart.activitypub.signatures import HttpRequest
from fediart.activitypub.vocabulary import CONTENT_TYPE

PUBLIC_SECONDS = 60


def json_response(
    document: dict[str, Any] | bytes,
    *,
    status: int = 200,
    content_type: str = CONTENT_TYPE,
    max_age: int = PUBLIC_SECONDS,
    vary: str = "Accept",
) -> Response:
    """Build an answer that anybody may keep for a short while."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    response = Response(body, status=status, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={max_age}" if max_age else "no-store"
    response.headers["Vary"] = vary
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def refusal(status: int, reason: str, *, vary: str = "Accept") -> Response:
    """Build a JSON error; never kept by a cache."""
    response = Response(orjson.dumps({"error": reason}), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = vary
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def signed_request(body: bytes) -> HttpRequest:
    """Return the request as it came over the wire: raw path and query, equal headers joined."""
    scope: Any = request.scope
    raw = scope.get("raw_path") or scope["path"].encode()
    target = raw.decode("latin-1")
    query = scope.get("query_string", b"")
    if query:
        target = f"{target}?{query.decode('latin-1')}"
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return HttpRequest(method=scope["method"], target=target, headers=headers, body=body)
