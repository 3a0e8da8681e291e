"""The robots.txt of a site: the reservation in words and signals for everybody, and the refusal of AI crawlers by name.

Spec: RFC 9309; contentsignals.org (Content-Signal); draft-ietf-aipref-attach (Content-Usage); RSL 1.0 (License).
Which crawlers are refused comes from `crawlers`; reading is `robots_groups`' and `read`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from fediart.rights import content_signal, content_usage, robots_groups, table
from fediart.rights.crawlers import BLOCKED_BY_DEFAULT, Category, Crawler, Crawlers, bundled
from fediart.rights.finding import Finding, combine
from fediart.rights.reservation import Policy, Reservation

# What other servers and readers of rights ask for, with whatever `Accept` and by whatever name: closed to nobody.
# Interop: GoToSocial reads the robots.txt of a server before it asks for its NodeInfo or instance document, and obeys
# it, as well as a `noindex` on these.
FEDERATION_PATHS: Final = (
    "/.well-known/", "/nodeinfo/", "/api/", "/users/", "/objects/", "/activities/", "/contexts/", "/actor", "/inbox",
    "/rights",
)  # fmt: skip
# Pictures must stay reachable for every other server's media cache.
OPEN_PATHS: Final = ("/media/", *FEDERATION_PATHS)
_REFUSED_SIGNAL: Final = "search=no, ai-input=no, ai-train=no"


def write(
    r: Reservation,
    *,
    crawlers: Crawlers,
    blocked: Iterable[Category] = BLOCKED_BY_DEFAULT,
    disallowed: Sequence[str] = (),
    exceptions: Mapping[str, Policy] | None = None,
    contact: str = "",
    sitemap: str = "",
) -> str:
    """Return the whole file. `r` is the site's default; `r.rsl_url` becomes its `License` line.

    `disallowed` are paths that no crawler should visit. `exceptions` are paths (of works) with another policy: only
    Content-Usage can say so by path, and of several statements the most restrictive counts, so they are of use where
    they are stricter than the default.
    Raises: ValueError for a path that other servers need, or that is no path.
    """
    row = table.TABLE[r.policy]
    blocks = [_preamble(r, contact)]
    if r.rsl_url:
        blocks.append([f"License: {r.rsl_url}"])
    usage = [f"Content-Usage: {row.content_usage}"]
    usage += [
        f"Content-Usage: {_path(path)} {table.TABLE[policy].content_usage}"
        for path, policy in sorted((exceptions or {}).items())
    ]
    # Interop: urllib.robotparser obeys the first rule that matches, not the longest, and merges a group without any
    # Allow or Disallow into the next one.
    refusals = [f"Disallow: {_closed(path)}" for path in disallowed]
    blocks.append(["User-agent: *", f"Content-Signal: {row.content_signal}", *usage, *refusals, "Allow: /"])
    tokens = crawlers.tokens(blocked) if row.tdm_reservation else []
    if tokens:
        agents = [f"User-agent: {token}" for token in tokens]
        blocks.append([*agents, f"Content-Signal: {_REFUSED_SIGNAL}", "Disallow: /"])
    if sitemap:
        blocks.append([f"Sitemap: {_line(sitemap)}"])
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def read(text: str, *, agent: str = "*", path: str = "/") -> Finding:
    """Find what a robots.txt says to `agent` (a token or a whole User-Agent) of `path`.

    Naming a crawler that collects for training and refusing it the path reserves. Refusing a path to everybody does
    not: it says nothing of what may be done with a copy found elsewhere.
    Trust: none; lines that are not understood are skipped.
    """
    robots = robots_groups.parse(text)
    group = robots.group_for(agent)
    terms: dict[str, object] = {}
    found: list[Finding] = [content_signal.read(value) for value in group.values("content-signal")]
    is_allowed = group.is_allowed(path)
    for usage in group.usages_for(path):
        reserved = content_usage.is_training_reserved(usage)
        if reserved is not None:
            found.append(Finding(reserved, {"contentUsage": usage}, content_usage.read_uses(usage)))
    if not is_allowed:
        terms["disallowed"] = path
        crawler = bundled().find(agent) or _by_token(agent)
        if crawler is not None and crawler.category in BLOCKED_BY_DEFAULT:
            found.append(Finding(True, {}, {"train-ai": False}))
    if robots.licenses:
        terms["rsl"] = robots.licenses[0]
    combined = combine(*found)
    return Finding(combined.reserved, {**combined.terms, **terms}, combined.uses)


def is_allowed(text: str, agent: str, path: str = "/") -> bool:
    """Tell whether `agent` may fetch `path`: of the rules that match, the longest counts, and of equals `Allow`.

    Spec: RFC 9309, section 2.2.2.
    """
    return robots_groups.parse(text).group_for(agent).is_allowed(path)


def _by_token(agent: str) -> Crawler | None:
    """A token that never shows in a User-Agent, as Google-Extended, is known by name only."""
    return next((each for each in bundled().crawlers if each.token.lower() == agent.lower()), None)


def _preamble(r: Reservation, contact: str) -> list[str]:
    signals = content_signal.read_signals(table.TABLE[r.policy].content_signal)
    host = r.holder_url.split("/")[2]
    if r.policy is Policy.ALLOW:
        lines = [f"{host}: text and data mining of what is published here is permitted; licences still apply."]
    else:
        lines = [
            f"{host}: rights in the works published here are expressly reserved",
            "under Article 4(3) of Directive (EU) 2019/790.",
            "ai-train=no, train-ai=n: no training, no fine-tuning, no collecting into data sets for that.",
        ]
    if signals.get("ai-input") is False:
        lines.append("ai-input=no, ai-use=n: no use as input of an AI system that answers or generates.")
    if signals.get("search"):
        lines.append("search=yes: links and previews that lead people here are welcome.")
    else:
        lines.append("search=no: not to be listed by search engines.")
    if r.usage_info_url:
        lines.append(f"The terms of each work: {r.usage_info_url}")
    if contact:
        lines.append(f"Contact: {_line(contact)}")
    return [f"# {line}" for line in lines]


def _line(text: str) -> str:
    return " ".join(text.split())


def _path(path: str) -> str:
    if not path.startswith("/") or not path.isprintable() or set(path) & set(" #"):
        raise ValueError(f"{path!r} cannot be a path in robots.txt")
    return path


def _closed(path: str) -> str:
    for needed in OPEN_PATHS:
        if needed.startswith(path.split("*", 1)[0]) or _path(path).startswith(needed):
            raise ValueError(f"{path} cannot be closed to crawlers: other servers need {needed}")
    return _path(path)
