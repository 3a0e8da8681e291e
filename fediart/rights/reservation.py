"""What an artist declares about one work: the record that every rights signal is a projection of.

Holds no wire format. A value that exists is safe to put into a header, a document or a page: addresses are checked
here, once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f]+", re.IGNORECASE)
_REQUIRED = ("holder_url", "policy_url")
_OPTIONAL = ("license", "source_type", "usage_info_url", "acquire_url", "rsl_url")


class Policy(StrEnum):
    """How far the artist reserves text and data mining; `NO_AI` unless they say otherwise."""

    NO_AI = "no-ai"
    STRICT = "strict"
    NO_GENAI = "no-genai"
    RESEARCH_ONLY = "research-only"
    CUSTOM = "custom"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Reservation:
    """One version of one work's declaration. An empty string (or None) means that nothing is stated.

    `source_type` is an IPTC digitalSourceType IRI; `holder_url` the artist's page, `policy_url` this work's ODRL offer,
    `usage_info_url` its page of terms for people, `acquire_url` where to ask for a licence, `rsl_url` its RSL document.
    `constraints` are the artist's own terms under the policy `custom`; `notice` is a text for people that a signal may
    carry beside the copyright notice. `copyright_holder` may differ from the account (commissions, estates), and so may
    `declared_by`, who made this declaration.

    Raises: ValueError when an address is not an absolute http(s) IRI, `version` is below 1, or `declared_at` has no
    zone.
    """

    policy: Policy
    license: str
    credit: str
    copyright_notice: str
    source_type: str | None
    holder_url: str
    policy_url: str
    usage_info_url: str
    acquire_url: str
    version: int
    declared_at: datetime
    constraints: str = ""
    copyright_holder: str = ""
    notice: str = ""
    declared_by: str = ""
    rsl_url: str = ""

    @property
    def terms_of_use(self) -> str:
        """What a signal with room for one text names as the condition: the artist's own words, or where to read it."""
        return self.constraints or self.usage_info_url or self.policy_url

    def __post_init__(self) -> None:
        for name in (*_REQUIRED, *_OPTIONAL):
            value = getattr(self, name)
            if (value or name in _REQUIRED) and not is_iri(value):
                raise ValueError(f"{name} must be an absolute http(s) address, not {value!r}")
        if self.version < 1:
            raise ValueError("version counts from 1")
        if self.declared_at.tzinfo is None:
            raise ValueError("declared_at needs a time zone")


def is_iri(text: str) -> bool:
    """Tell whether `text` is an absolute http(s) IRI that is safe inside `<...>`, a header line and a document."""
    return _IRI.fullmatch(text) is not None
