"""Answers in ActivityStreams JSON: media type, validators, caching."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from quart import Response

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
