"""The exact value of each signal under each policy, as data.

The only place where a policy is given meaning: a new policy is a row, a new signal is a column. Nothing here formats
a header or a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fediart.rights.reservation import Policy

_PLUS_VOCABULARY = "http://ns.useplus.org/ldf/vocab/"


@dataclass(frozen=True, slots=True)
class Row:
    """One policy in every signal.

    `robots` has one entry per header line. Interop: img2dataset reads a line with a colon as meant for another
    robot, so the opt-out stays alone on the first line. `mining_purpose` is the purpose that needs no consent.
    """

    tdm_reservation: int
    content_usage: str
    data_mining: str
    robots: tuple[str, ...]
    consent_needed: bool
    mining_purpose: str | None = None


_NO_AI = "noai, noimageai"

TABLE: Mapping[Policy, Row] = MappingProxyType(
    {
        Policy.NO_AI: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, ai-use=n, search=y",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
            robots=(_NO_AI,),
            consent_needed=True,
        ),
        Policy.STRICT: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, ai-use=n, search=n",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED",
            robots=(_NO_AI, "noindex, noimageindex"),
            consent_needed=True,
        ),
        Policy.NO_GENAI: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, search=y",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED-GENAIMLTRAINING",
            robots=(_NO_AI,),
            consent_needed=True,
        ),
        Policy.RESEARCH_ONLY: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, search=y",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED-SEECONSTRAINT",
            robots=(_NO_AI,),
            consent_needed=True,
            mining_purpose="tdm:research",
        ),
        Policy.ALLOW: Row(
            tdm_reservation=0,
            content_usage="train-ai=y, search=y",
            data_mining=_PLUS_VOCABULARY + "DMI-ALLOWED",
            robots=(),
            consent_needed=False,
        ),
    }
)


def robots_text(row: Row) -> str:
    """Return all robots directives of a row as one comma-separated text; empty when there are none."""
    return ", ".join(row.robots)
