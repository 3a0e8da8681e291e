"""The rights headers of every answer that carries a work: page, JSON, picture; on 200, 206, 304 and HEAD alike.

Spec: TDMRep, section 6.2 (tdm-reservation, tdm-policy); draft-ietf-aipref-attach (Content-Usage); RFC 8288 with
RFC 4946 (Link, rel=license), RFC 6903 (terms-of-service) and RSL 1.0 (type application/rsl+xml). `X-Robots-Tag: noai`
has no specification, but is the one that scrapers read.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from fediart.rights import content_usage, links, robots_text, table, tdm
from fediart.rights.finding import Finding, combine_uses, combine_verdicts
from fediart.rights.reservation import Reservation

_LONGEST_VALUE = 4096


def write(r: Reservation) -> list[tuple[str, str]]:
    """Return the headers in the order to send them; add each as a line of its own, never merged or overwritten."""
    row = table.TABLE[r.policy]
    headers = [("X-Robots-Tag", line) for line in row.robots]
    headers.append(("tdm-reservation", str(row.tdm_reservation)))
    if row.tdm_reservation:
        headers.append(("tdm-policy", _ascii(r.policy_url)))
    headers.append(("Content-Usage", row.content_usage))
    headers += [("Link", links.write(_ascii(link.href), link.rel, link.type)) for link in links.of(r)]
    return headers


def read(headers: Iterable[tuple[str, str]]) -> Finding:
    """Find the rights signals among response headers; of contradicting lines the reservation counts."""
    verdicts: list[bool | None] = []
    terms: dict[str, str] = {}
    uses: list[dict[str, bool]] = []
    usage_lines: list[str] = []
    for name, value in headers:
        if len(value) > _LONGEST_VALUE:
            continue
        match name.lower():
            case "x-robots-tag":
                uses.append(robots_text.read_uses(value))
                if robots_text.is_training_reserved(value):
                    verdicts.append(True)
                    terms["xRobotsTag"] = ", ".join(filter(None, (terms.get("xRobotsTag"), value)))
            case "tdm-reservation":
                verdicts.append(reserved := tdm.read_reservation_text(value))
                if reserved is not None:
                    terms["tdmReservation"] = value.strip()
            case "tdm-policy":
                terms["tdmPolicy"] = value.strip()
            case "content-usage":
                usage_lines.append(value)
            case "link":
                for name_, href in links.read_terms(links.read(value)).items():
                    terms.setdefault(name_, href)
    if usage_lines:
        # Spec: RFC 9651, section 4.2: the lines of a structured field are one value.
        usage = ", ".join(usage_lines)
        verdicts.append(reserved := content_usage.is_training_reserved(usage))
        if reserved is not None:
            terms["contentUsage"] = usage
            uses.append(content_usage.read_uses(usage))
    return Finding(combine_verdicts(verdicts), terms, combine_uses(*uses))


def _ascii(iri: str) -> str:
    return quote(iri, safe="!#$%&'()*+,/:;=?@[]~")
