"""The `Content-Usage` value: reading a structured-field dictionary of y/n preferences.

Spec: draft-ietf-aipref-vocab and draft-ietf-aipref-attach; RFC 9651, section 4.2.2. Writing is a column of `table`.
A value that does not parse as a whole says nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_KEY = r"[a-z*][a-z0-9_.*-]*"
_TOKEN = r"[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*"  # noqa: S105  grammar, not a secret
_BARE_ITEM = (
    r"(?:-?[0-9]{1,12}\.[0-9]{1,3}|-?[0-9]{1,15}"  # decimal, integer
    r'|"(?:[ !#-\[\]-~]|\\["\\])*"'  # string
    r"|:[A-Za-z0-9+/=]*:"  # byte sequence
    r"|\?[01]|@-?[0-9]{1,15}"  # boolean, date
    r'|%"(?:[ !#$&-~]|%[0-9a-f]{2})*"'  # display string
    rf"|{_TOKEN})"
)
_PARAMETERS = rf"(?:; *{_KEY}(?:={_BARE_ITEM})?)*"
_ITEM = rf"{_BARE_ITEM}{_PARAMETERS}"
_INNER_LIST = rf"\( *(?:{_ITEM}(?: +{_ITEM})*)? *\){_PARAMETERS}"
_MEMBER = re.compile(
    rf"(?P<key>{_KEY})(?:=(?:(?P<token>{_TOKEN})(?={_PARAMETERS}[ \t]*(?:,|$)){_PARAMETERS}|{_INNER_LIST}|{_ITEM})"
    rf"|{_PARAMETERS})"
)
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*")
USES = ("train-ai", "ai-use", "search")
_VERDICTS: Mapping[str, bool] = {"y": True, "n": False}
_LONGEST = 1024


def read_preferences(text: str) -> dict[str, bool]:
    """Return each category with a valid y/n token, True for y; other members are unknown and left out."""
    if len(text) > _LONGEST:
        return {}
    text = text.strip(" ")
    found: dict[str, bool] = {}
    position = 0
    while position < len(text):
        member = _MEMBER.match(text, position)
        if member is None:
            return {}
        # The last of two equal keys counts, also when its value is not a preference.
        found.pop(member["key"], None)
        verdict = _VERDICTS.get(member["token"] or "")
        if verdict is not None:
            found[member["key"]] = verdict
        position = member.end()
        if position < len(text):
            separator = _SEPARATOR.match(text, position)
            if separator is None or separator.end() == len(text):
                return {}
            position = separator.end()
    return found


def read_uses(text: str) -> dict[str, bool]:
    """Return the preferences on the uses that other signals speak of as well."""
    return {use: granted for use, granted in read_preferences(text).items() if use in USES}


def is_training_reserved(text: str) -> bool | None:
    """Tell whether `train-ai` is refused (True) or granted (False); None when it is not (validly) stated."""
    granted = read_preferences(text).get("train-ai")
    return None if granted is None else not granted
