"""The exact value of each signal under each policy, as data.

The only place where a policy is given meaning: a new policy is a row, a new signal is a column. Nothing here formats
a header or a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fediart.rights.reservation import Policy

_PLUS_VOCABULARY = "http://ns.useplus.org/ldf/vocab/"

ALLOWED: Final = "allowed"
NOT_ALLOWED: Final = "notAllowed"
CONSTRAINED: Final = "constrained"


@dataclass(frozen=True, slots=True)
class TrainingMining:
    """The entries of a C2PA training and data mining assertion; None states nothing.

    `legacy` is the word for every stated entry under the older label. Interop: datadiligence 0.1.7 reads that label
    only, and there `notAllowed` only, so what is merely constrained under the newer label is refused under the older.
    """

    ai_training: str | None
    ai_generative_training: str | None
    ai_inference: str | None
    data_mining: str | None
    legacy: str = NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Row:
    """One policy in every signal.

    `robots` has one entry per header line. Interop: img2dataset reads a line with a colon as meant for another
    robot, so the opt-out stays alone on the first line. `mining_purpose` is the purpose that needs no consent.
    The vocabularies differ on purpose: AIPREF says `train-ai`, Content Signals and RSL say `ai-train`.
    """

    tdm_reservation: int
    content_usage: str
    content_signal: str
    data_mining: str
    robots: tuple[str, ...]
    rsl_permits: tuple[str, ...]
    rsl_prohibits: tuple[str, ...]
    training_mining: TrainingMining
    consent_needed: bool
    mining_purpose: str | None = None


_NO_AI = "noai, noimageai"

TABLE: Mapping[Policy, Row] = MappingProxyType(
    {
        Policy.NO_AI: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, ai-use=n, search=y",
            content_signal="search=yes, ai-input=no, ai-train=no",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
            robots=(_NO_AI,),
            rsl_permits=("search",),
            rsl_prohibits=("ai-all",),
            training_mining=TrainingMining(NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, CONSTRAINED),
            consent_needed=True,
        ),
        Policy.STRICT: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, ai-use=n, search=n",
            content_signal="search=no, ai-input=no, ai-train=no",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED",
            robots=(_NO_AI, "noindex, noimageindex"),
            rsl_permits=(),
            rsl_prohibits=("all",),
            training_mining=TrainingMining(NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED),
            consent_needed=True,
        ),
        Policy.NO_GENAI: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, search=y",
            content_signal="search=yes, ai-train=no",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED-GENAIMLTRAINING",
            robots=(_NO_AI,),
            rsl_permits=("search",),
            rsl_prohibits=("ai-train",),
            training_mining=TrainingMining(None, NOT_ALLOWED, None, CONSTRAINED),
            consent_needed=True,
        ),
        Policy.RESEARCH_ONLY: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, search=y",
            content_signal="search=yes, ai-train=no",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED-SEECONSTRAINT",
            robots=(_NO_AI,),
            rsl_permits=("search",),
            rsl_prohibits=("ai-train",),
            training_mining=TrainingMining(CONSTRAINED, CONSTRAINED, CONSTRAINED, CONSTRAINED),
            consent_needed=True,
            mining_purpose="tdm:research",
        ),
        # What the artist's own words do not grant stays reserved, so the machines hear the default.
        Policy.CUSTOM: Row(
            tdm_reservation=1,
            content_usage="train-ai=n, ai-use=n, search=y",
            content_signal="search=yes, ai-input=no, ai-train=no",
            data_mining=_PLUS_VOCABULARY + "DMI-PROHIBITED-SEECONSTRAINT",
            robots=(_NO_AI,),
            rsl_permits=("search",),
            rsl_prohibits=("ai-all",),
            training_mining=TrainingMining(CONSTRAINED, CONSTRAINED, CONSTRAINED, CONSTRAINED),
            consent_needed=True,
        ),
        Policy.ALLOW: Row(
            tdm_reservation=0,
            content_usage="train-ai=y, search=y",
            content_signal="search=yes, ai-train=yes",
            data_mining=_PLUS_VOCABULARY + "DMI-ALLOWED",
            robots=(),
            rsl_permits=("all",),
            rsl_prohibits=(),
            training_mining=TrainingMining(ALLOWED, ALLOWED, ALLOWED, ALLOWED, legacy=ALLOWED),
            consent_needed=False,
        ),
    }
)


def robots_text(row: Row) -> str:
    """Return all robots directives of a row as one comma-separated text; empty when there are none."""
    return ", ".join(row.robots)
