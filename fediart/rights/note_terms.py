"""The rights terms of ActivityPub objects: a work's Note, its attachments, the artist's actor.

Every term is defined inline in the object's own `@context`, so that no peer has to fetch a context from us; the keys
are short and unprefixed, because most peers read plain JSON.
Spec: FEP-5e53 (xRobotsTag), FEP-1311 (digestMultibase, size), TDMRep, IPTC/PLUS, schema.org.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from fediart.rights import content_usage, robots_text, table, tdm
from fediart.rights.finding import Finding, combine_uses, combine_verdicts
from fediart.rights.reservation import Policy, Reservation

NAMESPACE: Final = "https://w3id.org/fediart/ns#"

# `sdo`, not `schema`: Mastodon binds `schema` to http://schema.org# (with a hash), which is another vocabulary.
CONTEXT: Mapping[str, Any] = MappingProxyType(
    {
        "tdm": "http://www.w3.org/ns/tdmrep#",
        "sdo": "http://schema.org/",
        "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
        "iptcExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "sec": "https://w3id.org/security#",
        "pt": "https://joinpeertube.org/ns#",
        "fep5e53": "https://w3id.org/fep/5e53#",
        "fediart": NAMESPACE,
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "tdmReservation": {"@id": "tdm:reservation", "@type": "xsd:integer"},
        "tdmPolicy": {"@id": "tdm:policy", "@type": "@id"},
        "license": {"@id": "sdo:license", "@type": "@id"},
        "usageInfo": {"@id": "sdo:usageInfo", "@type": "@id"},
        "acquireLicensePage": {"@id": "sdo:acquireLicensePage", "@type": "@id"},
        "copyrightNotice": "sdo:copyrightNotice",
        "creditText": "sdo:creditText",
        "dataMining": {"@id": "plus:DataMining", "@type": "@id"},
        "otherConstraints": "plus:OtherConstraints",
        "digitalSourceType": {"@id": "iptcExt:DigitalSourceType", "@type": "@id"},
        "digestMultibase": "sec:digestMultibase",
        "size": "pt:size",
        "xRobotsTag": "fep5e53:xRobotsTag",
        "SPC": "fep5e53:SPC",
        "contentUsage": "fediart:contentUsage",
    }
)

_ALLOWED = "http://ns.useplus.org/ldf/vocab/DMI-ALLOWED"
_PROHIBITED = "DMI-PROHIBITED"
_LONGEST_TEXT = 2048
_MOST_ATTACHMENTS = 64


def write_note(r: Reservation) -> dict[str, Any]:
    """Return the rights terms of a work's Note."""
    return write_actor(r) | _stated(license=r.license, usageInfo=r.usage_info_url, otherConstraints=_constraints(r))


def write_actor(r: Reservation) -> dict[str, Any]:
    """Return the rights terms of an actor: the artist's default, which also covers avatar, header and profile text."""
    row = table.TABLE[r.policy]
    return {"tdmReservation": row.tdm_reservation} | _stated(
        # Spec: TDMRep, section 6: a policy has no meaning where nothing is reserved.
        tdmPolicy=r.policy_url if row.tdm_reservation else "",
        contentUsage=row.content_usage,
        xRobotsTag=table.robots_text(row),
    )


def write_attachment(r: Reservation, *, digest_multibase: str, size_bytes: int) -> dict[str, Any]:
    """Return the rights terms of one picture of the work, with the digest that ties them to its bytes."""
    row = table.TABLE[r.policy]
    return {
        "size": size_bytes,
        "digestMultibase": digest_multibase,
        "tdmReservation": row.tdm_reservation,
        "dataMining": row.data_mining,
    } | _stated(
        digitalSourceType=r.source_type or "",
        otherConstraints=_constraints(r),
        copyrightNotice=r.copyright_notice,
        creditText=r.credit,
        license=r.license,
        acquireLicensePage=r.acquire_url,
    )


def read(doc: object) -> Finding:
    """Find the rights terms in any ActivityPub object, ours or a peer's; a document without any says nothing.

    A picture's reservation counts for the object; a picture's permission is that picture's alone.
    Trust: none; malformed values are skipped.
    """
    if not isinstance(doc, Mapping):
        return Finding()
    own = _read_own(doc)
    attachments = doc.get("attachment")
    items = attachments if isinstance(attachments, list) else [attachments]
    pictures = [_read_own(item) for item in items[:_MOST_ATTACHMENTS] if isinstance(item, Mapping)]
    reserved = [found.reserved for found in pictures if found.reserved]
    terms = dict(own.terms)
    if with_terms := [dict(found.terms) for found in pictures if found.terms]:
        terms["attachment"] = with_terms
    refused = [{use: False for use, is_allowed in found.uses.items() if not is_allowed} for found in pictures]
    return Finding(combine_verdicts([own.reserved, *reserved]), terms, combine_uses(own.uses, *refused))


def _constraints(r: Reservation) -> str:
    """Spec: PLUS, OtherConstraints: what DMI-PROHIBITED-SEECONSTRAINT points at."""
    return r.terms_of_use[:_LONGEST_TEXT] if r.policy is Policy.CUSTOM else ""


def _stated(**terms: str) -> dict[str, str]:
    return {name: value for name, value in terms.items() if value}


def _read_own(doc: Mapping[str, Any]) -> Finding:
    terms: dict[str, Any] = {}
    verdicts: list[bool | None] = []
    uses: list[dict[str, bool]] = []
    for name, verdict_of in _VERDICTS.items():
        value = doc.get(name)
        if isinstance(value, (str, int, float)) and (verdict := verdict_of(value)) is not None:
            terms[name] = value
            verdicts.append(verdict)
            if isinstance(value, str) and name in _USES:
                uses.append(_USES[name](value))
    for name in _STATEMENTS:
        if text := _read_text(doc.get(name)):
            terms[name] = text
    return Finding(combine_verdicts(verdicts), terms, combine_uses(*uses))


def _read_text(value: object) -> str:
    if isinstance(value, Mapping):
        # Interop: PeerTube writes `licence` as {"identifier": "1", "name": "Attribution"}.
        value = value.get("id") or value.get("name")
    return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT else ""


def _read_data_mining(value: object) -> bool | None:
    if not isinstance(value, str):
        return None
    if value == _ALLOWED:
        return False
    return True if value.rpartition("/")[2].upper().startswith(_PROHIBITED) else None


def _text_only(read_text: Callable[[str], bool | None]) -> Callable[[object], bool | None]:
    return lambda value: read_text(value) if isinstance(value, str) and len(value) <= _LONGEST_TEXT else None


_VERDICTS: Mapping[str, Callable[[object], bool | None]] = {
    "tdmReservation": tdm.read_reservation,
    "contentUsage": _text_only(content_usage.is_training_reserved),
    "xRobotsTag": _text_only(robots_text.is_training_reserved),
    "dataMining": _read_data_mining,
}
_USES: Mapping[str, Callable[[str], dict[str, bool]]] = {
    "contentUsage": content_usage.read_uses,
    "xRobotsTag": robots_text.read_uses,
}
# Kept, never a verdict: a licence (also a Creative Commons one) neither reserves nor grants training by itself.
# Interop: Funkwhale `license` and `copyright`, Pixelfed `license` as a title, PeerTube `licence`, Epicyon `secGPC`.
_STATEMENTS = (
    "tdmPolicy", "license", "licence", "copyright", "usageInfo", "acquireLicensePage", "copyrightNotice", "creditText",
    "otherConstraints",
    "digitalSourceType", "SPC", "secGPC",
)  # fmt: skip
