"""What an artist may write wherever it is asked for: a licence, a language, a text that is not too long."""

from __future__ import annotations

import re
import unicodedata

from fediart import errors
from fediart.activitypub import tags
from fediart.rights.reservation import is_iri

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def verify_licence(address: str) -> None:
    """Raise InputError unless a licence is given by the address of its text; empty means the default."""
    if address and not is_iri(address):
        raise errors.InputError(f"the licence must be the address of its text (https://…), not “{address}”")


def verify_language(tag: str) -> None:
    """Raise InputError unless it is a language tag as BCP 47 has them."""
    if not _LANGUAGE.fullmatch(tag):
        raise errors.InputError(f"“{tag}” is not a language tag such as en or pt-BR")


def verify_length(what: str, text: str, limit: int) -> None:
    """Raise InputError, naming what it is, when a text has more than `limit` characters."""
    if len(text) > limit:
        raise errors.InputError(f"{what} has {len(text)} characters, the limit is {limit}")


def read_hashtag(name: str) -> tuple[str, str]:
    """Return (normal form, label as written) of a hashtag, given with or without `#`.

    Raises: InputError for what peers would read differently: `two words` would be #two elsewhere.
    """
    label = name.strip().removeprefix("#")
    normal = tags.normalize_hashtag(label)
    if normal is None or normal != unicodedata.normalize("NFKC", label).lower():
        raise errors.InputError(f"“{name}” cannot be a tag: use letters, digits and _, and not digits alone")
    return normal, label
