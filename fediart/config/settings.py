"""Settings: what an admin may choose, with its default and its bounds, and nothing else.

`config.example.toml` explains each one in words. Units are in the names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from fediart.config import checks
from fediart.config.checks import choice, number, numbers, text

_YEAR_SECONDS = 31_536_000
_LARGEST_BYTES = 4_294_967_296


@dataclass(frozen=True, slots=True)
class Instance:
    domain: str = text(rule=checks.domain)
    name: str = text()
    description: str = text(lines=True)
    contact_email: str = text(rule=checks.email)
    language: str = text("en", rule=checks.language)


@dataclass(frozen=True, slots=True)
class Server:
    host: str = text("127.0.0.1", rule=checks.listen_address)
    port: int = number(8080, least=1, most=65_535)
    implementation: str = choice("hypercorn", "hypercorn", "uvicorn", "granian")
    shutdown_seconds: float = number(10.0, least=0.0, most=600.0)


@dataclass(frozen=True, slots=True)
class Data:
    directory: str = text("data", rule=checks.not_empty)


@dataclass(frozen=True, slots=True)
class Database:
    url: str = text(rule=checks.database_url, secret=True)
    pool_size: int = number(8, least=1, most=1000)
    busy_timeout_seconds: float = number(15.0, least=0.1, most=600.0)


@dataclass(frozen=True, slots=True)
class Media:
    max_file_bytes: int = number(100_000_000, least=1, most=_LARGEST_BYTES)
    max_pixels: int = number(200_000_000, least=1, most=4_000_000_000)
    max_images: int = number(20, least=1, most=100)
    max_alt_text_characters: int = number(10_000, least=1, most=100_000)
    federated_max_bytes: int = number(8_000_000, least=10_000, most=_LARGEST_BYTES)
    # Interop: Mastodon 4.5 leaves a picture with a longer side than this as a bare link.
    federated_max_px: int = number(3840, least=64, most=5000)
    gallery_widths_px: tuple[int, ...] = numbers((480, 960, 1920), least=16, most=10_000)
    jpeg_quality: int = number(90, least=1, most=100)
    webp_quality: int = number(84, least=1, most=100)


@dataclass(frozen=True, slots=True)
class Rights:
    policy: str = choice("no-ai", "no-ai", "strict", "no-genai", "research-only", "allow")
    license: str = text(rule=checks.web_address)
    refused_crawlers: str = choice("training", "none", "training", "all")


@dataclass(frozen=True, slots=True)
class Federation:
    plain_http: bool = False
    allow_private_addresses: bool = False
    authorized_fetch: bool = False
    ca_file: str = text()
    ld_signatures: bool = True
    connect_timeout_seconds: float = number(5.0, least=0.1, most=600.0)
    request_timeout_seconds: float = number(20.0, least=0.1, most=600.0)
    max_document_bytes: int = number(1_048_576, least=1024, most=_LARGEST_BYTES)
    max_redirects: int = number(3, least=0, most=20)
    clock_skew_seconds: int = number(3900, least=1, most=86_400)
    actor_refresh_seconds: int = number(86_400, least=1, most=_YEAR_SECONDS)
    delivery_concurrency: int = number(100, least=1, most=10_000)
    delivery_per_host: int = number(4, least=1, most=1000)
    retry_first_seconds: float = number(60.0, least=0.01, most=float(_YEAR_SECONDS))
    retry_longest_seconds: float = number(21_600.0, least=0.01, most=float(_YEAR_SECONDS))
    retry_for_seconds: float = number(259_200.0, least=0.01, most=float(_YEAR_SECONDS))
    fetch_jitter_seconds: float = number(60.0, least=0.0, most=86_400.0)
    lease_seconds: float = number(90.0, least=0.1, most=86_400.0)


@dataclass(frozen=True, slots=True)
class Inbox:
    max_body_bytes: int = number(1_048_576, least=1024, most=_LARGEST_BYTES)
    max_attempts: int = number(8, least=1, most=1000)


@dataclass(frozen=True, slots=True)
class Logging:
    level: str = choice("info", "debug", "info", "warning", "error")
    format: str = choice("auto", "auto", "human", "json")


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting. `path` is the file it came from (None: defaults and environment only)."""

    instance: Instance = field(default_factory=Instance)
    server: Server = field(default_factory=Server)
    data: Data = field(default_factory=Data)
    database: Database = field(default_factory=Database)
    media: Media = field(default_factory=Media)
    rights: Rights = field(default_factory=Rights)
    federation: Federation = field(default_factory=Federation)
    inbox: Inbox = field(default_factory=Inbox)
    logging: Logging = field(default_factory=Logging)
    path: Path | None = None

    @property
    def scheme(self) -> str:
        return "http" if self.federation.plain_http else "https"

    @property
    def base_url(self) -> str:
        """The public origin, without a trailing slash: every id we mint starts with it."""
        return f"{self.scheme}://{self.instance.domain}"

    @property
    def data_directory(self) -> Path:
        """Where the database and the media live; a relative path counts from the configuration file's folder."""
        base = self.path.parent if self.path else Path.cwd()
        return (base / self.data.directory).absolute()

    @property
    def media_directory(self) -> Path:
        return self.data_directory / "media"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address: the configured one, else SQLite in the data directory."""
        url = self.database.url
        if not url:
            return f"sqlite+aiosqlite:///{self.data_directory / 'fediart.sqlite3'}"
        if not url.startswith(("postgres://", "postgresql://", "postgresql+asyncpg://")):
            return url
        # Hosting companies print the address for libpq; asyncpg knows its `sslmode` only by the name `ssl`.
        url = re.sub(r"([?&])sslmode=", r"\1ssl=", url)
        return re.sub(r"^[a-z+]+://", "postgresql+asyncpg://", url)
