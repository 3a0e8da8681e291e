"""Settings from files and the environment, and what is said about the mistakes in them."""

from __future__ import annotations

import dataclasses
import itertools
import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart import config
from fediart.config import lines
from fediart.errors import ConflictError, FediArtError, UsageError
from fediart.rights.reservation import Policy

ROOT = Path(__file__).parent.parent
MINIMAL = '[instance]\ndomain = "art.example"\n'


def problems(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    """Load a file that must be refused; return the messages, the folder cut off."""
    path = tmp_path / "fediart.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        config.load(path, environ or {})
    assert caught.value.exit_code == 2
    return [line.removeprefix(f"{tmp_path}/") for line in caught.value.text.splitlines()]


def loaded(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> config.Config:
    path = tmp_path / "fediart.toml"
    path.write_text(text, "utf-8")
    return config.load(path, environ or {})


# --- what is read


def test_a_file_gives_its_settings_and_the_defaults_of_the_rest(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        MINIMAL
        + "[server]\nport = 9000\nshutdown_seconds = 3\n"
        + "[media]\ngallery_widths_px = [320]\n[federation]\nplain_http = true\n",
    )
    assert settings.instance.domain == "art.example"
    assert settings.server == config.Server(port=9000, shutdown_seconds=3.0)
    assert isinstance(settings.server.shutdown_seconds, float)
    assert settings.media == config.Media(gallery_widths_px=(320,))
    assert settings.federation.plain_http is True
    assert settings.base_url == "http://art.example"
    assert settings.path == tmp_path / "fediart.toml"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        MINIMAL + "[server]\nport = 9000\n",
        {
            "FEDIART_SERVER__PORT": "9100",
            "FEDIART_INSTANCE__NAME": "Mira's walls",
            "FEDIART_FEDERATION__RETRY_FIRST_SECONDS": "0.5",
            "FEDIART_FEDERATION__PLAIN_HTTP": "1",
            "FEDIART_CONFIG": "/somewhere/else.toml",
            "PATH": "/bin",
        },
    )
    assert settings.server.port == 9100
    assert settings.instance.name == "Mira's walls"
    assert settings.federation.retry_first_seconds == 0.5
    assert settings.federation.plain_http is True


@pytest.mark.parametrize("text", ["480,960", "[480, 960]", " 480 , 960 ", "[480, 960,]"])
def test_a_list_in_the_environment(text: str) -> None:
    environ = {"FEDIART_INSTANCE__DOMAIN": "art.example", "FEDIART_MEDIA__GALLERY_WIDTHS_PX": text}
    assert config.load(None, environ).media.gallery_widths_px == (480, 960)


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("True", True), ("1", True), ("false", False), ("FALSE", False), ("0", False)]
)
def test_a_boolean_in_the_environment(text: str, value: bool) -> None:
    environ = {"FEDIART_INSTANCE__DOMAIN": "art.example", "FEDIART_FEDERATION__ALLOW_PRIVATE_ADDRESSES": text}
    assert config.load(None, environ).federation.allow_private_addresses is value


def test_no_file_is_needed_when_the_environment_says_enough() -> None:
    settings = config.load(None, {"FEDIART_INSTANCE__DOMAIN": "art.example"})
    assert settings == config.Config(instance=config.Instance(domain="art.example"))


def test_without_a_file_the_variable_that_is_missing_is_named() -> None:
    with pytest.raises(UsageError, match=r"^FEDIART_INSTANCE__DOMAIN: \[instance\] domain is missing"):
        config.load(None, {})


def test_a_default_that_no_longer_fits_is_named_too(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, MINIMAL + "[federation]\nrequest_timeout_seconds = 100\n")
    assert problem.startswith(
        "fediart.toml: [federation] lease_seconds must be longer than request_timeout_seconds, 100"
    )
    with pytest.raises(UsageError, match=r"^FEDIART_FEDERATION__LEASE_SECONDS: .*, 100, got 90$"):
        config.load(
            None, {"FEDIART_INSTANCE__DOMAIN": "a.example", "FEDIART_FEDERATION__REQUEST_TIMEOUT_SECONDS": "100"}
        )


def test_the_policies_are_those_of_the_rights() -> None:
    for policy in set(Policy) - {Policy.CUSTOM}:  # an artist's own terms cannot be everybody's default
        environ = {"FEDIART_INSTANCE__DOMAIN": "art.example", "FEDIART_RIGHTS__POLICY": policy.value}
        assert config.load(None, environ).rights.policy == policy


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "fediart.toml"
    path.write_bytes(b'\xef\xbb\xbf[instance]\r\ndomain = "art.example"\r\n[server]\r\nport = 9000\r\n')
    assert config.load(path, {}).server.port == 9000
    path.write_bytes(b'\xef\xbb\xbf[instance]\r\ndomain = "art.example"\r\n[server]\r\nport = 0\r\n')
    with pytest.raises(UsageError, match=r"line 4: \[server\] port must be from 1 to 65,535, got 0"):
        config.load(path, {})


@pytest.mark.parametrize(
    "domain",
    [
        "art.example",
        "localhost",
        "localhost:8080",
        "127.0.0.1:8080",
        "[::1]:8080",
        "xn--bcher-kva.example",
        "a-b.c3.example:8443",
    ],
)
def test_domains_that_are_taken(domain: str) -> None:
    assert config.load(None, {"FEDIART_INSTANCE__DOMAIN": domain}).base_url == f"https://{domain}"


# --- what is refused


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ("", "must not be empty"),
        ("https://art.example", "without https://"),
        ("art.example/", "without a path"),
        ("Art.example", 'must be lower-case: write "art.example"'),
        ("bücher.example", 'must be written in its ASCII form: write "xn--bcher-kva.example"'),
        ("art.example:0", "must have a port from 1 to 65535"),
        ("art.example:70000", "must have a port from 1 to 65535"),
        ("art.example:", "must have a port from 1 to 65535"),
        ("art.example:443", 'must leave out :443, which is the default: write "art.example"'),
        ("art.example.", "must be a host name"),
        (".art.example", "must be a host name"),
        ("art_.example", "must be a host name"),
        ("-art.example", "must be a host name"),
        ("art example", "must be a host name"),
        ("mira@art.example", "must be a host name"),
        ("256.0.0.1", "must be a host name"),
        ("[::1", "must be a host name"),
        ("[::g]", "must be a host name"),
        ("a" * 64 + ".example", "must be a host name"),
        ("art.example\n", "must not contain control characters or line breaks"),
    ],
)
def test_domains_that_are_refused(domain: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        config.load(None, {"FEDIART_INSTANCE__DOMAIN": domain})
    assert caught.value.text.startswith("FEDIART_INSTANCE__DOMAIN: [instance] domain ")
    assert "\n" not in caught.value.text


@pytest.mark.parametrize(
    ("section", "line", "message"),
    [
        ("server", 'port = "80a"', '[server] port must be a whole number, got "80a"'),
        ("server", "port = 8080.0", "[server] port must be a whole number, got 8080.0"),
        ("server", "port = true", "[server] port must be a whole number, got true"),
        ("server", "port = 65536", "[server] port must be from 1 to 65,535, got 65,536"),
        ("server", "port = {a = 1}", "[server] port must be a whole number, got a table"),
        ("server", 'host = "127.0.0.1:80"', "[server] host must be an IP address or a host name without a port"),
        ("server", 'implementation = "gunicorn"', "must be one of hypercorn, uvicorn, granian, got"),
        ("server", "shutdown_seconds = nan", "[server] shutdown_seconds must be a number, got nan"),
        ("server", f"shutdown_seconds = 1{'0' * 400}", "[server] shutdown_seconds must be a number, got 1000"),
        ("data", 'directory = ""', "[data] directory must not be empty"),
        ("database", "pool_size = 0", "[database] pool_size must be from 1 to 1,000, got 0"),
        ("media", "federated_max_px = 5001", "[media] federated_max_px must be from 64 to 5,000, got 5,001"),
        ("media", "gallery_widths_px = []", "[media] gallery_widths_px must have at least one number"),
        ("media", "gallery_widths_px = [480, 0]", "must hold numbers from 16 to 10,000, got 0"),
        ("media", "gallery_widths_px = [480, true]", "must be a list of whole numbers"),
        ("media", "gallery_widths_px = 480", "must be a list of whole numbers, such as [480, 960], got 480"),
        ("media", "jpeg_quality = -1", "[media] jpeg_quality must be from 1 to 100, got -1"),
        ("rights", 'policy = "none"', "must be one of no-ai, strict, no-genai, research-only, allow, got"),
        ("rights", 'license = "CC BY 4.0"', "[rights] license must be empty or an address"),
        ("federation", 'plain_http = "yes"', '[federation] plain_http must be true or false, got "yes"'),
        ("federation", "plain_http = 1", "[federation] plain_http must be true or false, got 1"),
        ("federation", "retry_first_seconds = 30000", "must not be longer than retry_longest_seconds"),
        ("federation", "lease_seconds = 20", "[federation] lease_seconds must be longer than request_timeout_seconds"),
        ("inbox", "max_attempts = 0", "[inbox] max_attempts must be from 1 to 1,000, got 0"),
        ("logging", 'level = "INFO"', "must be one of debug, info, warning, error, got"),
        ("logging", 'format = "xml"', "must be one of auto, human, json, got"),
        ("logging", "level = 1", "[logging] level must be text in quotes, got 1"),
        ("server", "prot = 1", "[server] prot is not a setting; did you mean port?"),
        ("server", "quality = 1", "[server] quality is not a setting"),
        (
            "server",
            "clock_skew_seconds = 1",
            "[server] clock_skew_seconds is not a setting; it belongs under [federation]",
        ),
        ("federation", "retry_frist_seconds = 1", "did you mean retry_first_seconds?"),
        ("sever", "port = 1", "[sever] is not a section; did you mean [server]?"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path, section: str, line: str, message: str) -> None:
    (problem,) = problems(tmp_path, f"{MINIMAL}[{section}]\n{line}\n")
    expected_line = 3 if section == "sever" else 4
    assert problem.startswith(f"fediart.toml line {expected_line}: ")
    assert message in problem


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('name = "a\\nb"', "[instance] name must not contain control characters or line breaks"),
        ('description = "a\\u0007b"', "[instance] description must not contain control characters"),
        ('contact_email = "mira"', "[instance] contact_email must be one e-mail address"),
        ('language = "English"', "[instance] language must be a language tag such as en or pt-BR"),
    ],
)
def test_wrong_words_about_the_instance(tmp_path: Path, line: str, message: str) -> None:
    (problem,) = problems(tmp_path, f"{MINIMAL}{line}\n")
    assert problem.startswith(f"fediart.toml line 3: {message}")


def test_a_description_may_have_paragraphs(tmp_path: Path) -> None:
    settings = loaded(tmp_path, MINIMAL + 'description = """\nOne.\n\nTwo."""\n')
    assert settings.instance.description == "One.\n\nTwo."


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        '[server]\nport = "80a"\n\n[federation]\n# retry_frist_seconds\nretry_frist_seconds = 60\n',
        {"FEDIART_MEDIA__JPEG_QUALITY": "high", "FEDIART_MEDIA__JPG_QUALITY": "1", "FEDIART_SERVER_PORT": "1"},
    )
    assert found == [
        'fediart.toml line 2: [server] port must be a whole number, got "80a"',
        "fediart.toml line 6: [federation] retry_frist_seconds is not a setting; did you mean retry_first_seconds?",
        'FEDIART_MEDIA__JPEG_QUALITY: [media] jpeg_quality must be a whole number, got "high"',
        "FEDIART_MEDIA__JPG_QUALITY: [media] jpg_quality is not a setting; did you mean jpeg_quality?",
        "FEDIART_SERVER_PORT: needs two underscores after the section: FEDIART_SERVER__PORT",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port = 1\n", "line 1: port must stand under [server]"),
        ("colour = 1\n", "line 1: colour must stand under a section such as [server]"),
        ("\nserver = 1\n", "line 2: [server] must be a section with settings under it"),
        ("[[server]]\nport = 1\n", "line 1: [server] must be a section with settings under it"),
        ("[server.tls]\nx = 1\n", "line 1: [server] tls is not a setting"),
        ('server.port = "a"\n', 'line 1: [server] port must be a whole number, got "a"'),
        ('\nserver = {host = "::1", port = "a"}\n', 'line 2: [server] port must be a whole number, got "a"'),
        ("[instance]\nname = 'Mira'\n", "fediart.toml: [instance] domain is missing"),
        ("", "fediart.toml: [instance] domain is missing"),
        ('[server]\n"po\\nrt\\u001b" = 1\n', "line 2: [server] po\\nrt\\x1b is not a setting; did you mean port?"),
        ("[instance\n", "line 1: not valid TOML: Expected ']'"),
        ("[instance]\n\ndomain = art.example\n", "line 3: not valid TOML: Invalid value; text needs quotes"),
        ("[server]\nport = 1\nport = 2\n", "line 3: not valid TOML: Cannot overwrite a value"),
        ('[instance]\nname = """\n\n\n', "not valid TOML: Unterminated string"),
        ("[server]\nport = " + "1" * 5000, "line 2: not valid TOML: a number is too long"),
        ("[server]\nport = " + "[" * 5000, "brackets are nested too deeply"),
    ],
)
def test_a_wrong_shape_of_the_file(tmp_path: Path, text: str, message: str) -> None:
    found = problems(tmp_path, text)
    assert message in found[0]


def test_a_file_in_another_encoding_or_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "fediart.toml"
    path.write_bytes(MINIMAL.encode() + b'name = "caf\xe9"\n')
    with pytest.raises(UsageError, match="line 3: not UTF-8 text"):
        config.load(path, {})
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        config.load(tmp_path, {})


def test_a_password_is_neither_in_a_message_nor_in_a_repr() -> None:
    environ = {"FEDIART_INSTANCE__DOMAIN": "art.example", "FEDIART_DATABASE__URL": "mysql://mira:hunter2@db/art"}
    with pytest.raises(UsageError, match="FEDIART_DATABASE__URL") as caught:
        config.load(None, environ)
    assert "hunter2" not in caught.value.text
    environ["FEDIART_DATABASE__URL"] = "postgresql://mira:hunter2@db/art"
    assert "hunter2" not in repr(config.load(None, environ))


def test_undecodable_bytes_in_the_environment_are_refused() -> None:
    environ = {"FEDIART_INSTANCE__DOMAIN": "art.example", "FEDIART_INSTANCE__NAME": os.fsdecode(b"caf\xe9")}
    with pytest.raises(UsageError, match=r"FEDIART_INSTANCE__NAME: .* control characters"):
        config.load(None, environ)


TOML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SETTINGS = [
    (section.name, setting.name)
    for section in dataclasses.fields(config.Config)
    if section.name != "path"
    for setting in dataclasses.fields(getattr(config.Config(), section.name))
]


@given(st.sampled_from(SETTINGS), st.text(st.characters(exclude_characters="\0"), max_size=40))
def test_any_text_in_the_environment_is_taken_or_refused_in_one_line(setting: tuple[str, str], text: str) -> None:
    name = f"FEDIART_{setting[0]}__{setting[1]}".upper()
    try:
        settings = config.load(None, {"FEDIART_INSTANCE__DOMAIN": "art.example", name: text})
    except UsageError as error:
        assert error.text.startswith(name)
        assert len(error.text.splitlines()) == 1
    else:
        taken = getattr(getattr(settings, setting[0]), setting[1])
        assert isinstance(taken, type(getattr(getattr(config.Config(), setting[0]), setting[1])))


# --- the lines of keys


def test_strings_comments_and_brackets_do_not_confuse_the_lines() -> None:
    text = '''# [server]
[instance] # [data]
name = """
[server]
port = 1 \\
\\"""
""""
description = \'\'\'it's
x = """ # not a comment
\'\'\'
"contact_email" = "a#b = c" # d = 1
'language'='C:\\'

[ server . "x.y" ]
widths = [ # [media]
  480, "]", \'[\',
  { a = 1, b.c = [2] },
]
z = 1979-05-27T07:32:00Z
[[list]]
a = 1
[[list]]
b = 2
'''
    found = lines.key_lines(text)
    tomllib.loads(text)
    assert found == {
        ("instance",): 2,
        ("instance", "name"): 3,
        ("instance", "description"): 8,
        ("instance", "contact_email"): 11,
        ("instance", "language"): 12,
        ("server",): 14,
        ("server", "x.y"): 14,
        ("server", "x.y", "widths"): 15,
        ("server", "x.y", "widths", "a"): 17,
        ("server", "x.y", "widths", "b"): 17,
        ("server", "x.y", "widths", "b", "c"): 17,
        ("server", "x.y", "z"): 19,
        ("list",): 20,
        ("list", "a"): 21,
        ("list", "b"): 23,
    }


NOISE = st.sampled_from(
    ["", "# a = 1", "\t# [x]", "   ", '# """', "# '''", "# \\", "# ]", "# }"],
)
VALUES = st.sampled_from(
    [
        "1",
        '"#"',
        '"\\""',
        "'\\'",
        '"""\n[x]\ny = 1\n"""',
        '"""a""" # b',
        '""""a"""""',
        '"""\\\n  \\""" """',
        "'''\n''y = 1\n'''''",
        '""',
        "''",
        "[]",
        "[\n  1, # ]\n  2,\n]",
        '[["[", \'"\'], []]',
        "{}",
        '{ a = "}", b = [{ c = 1 }] }',
        "1979-05-27 07:32:00",
        "+inf # z = 1",
    ]
)
KEYS = st.sampled_from(["k{}", '"k {}"', "'k.{}'", "k{}.a . b", "\"k\\u0041{}\".'#'", '"]{}"'])


@given(st.lists(st.tuples(st.booleans(), KEYS, VALUES, NOISE), max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_the_line_of_every_key_of_any_file(statements: list[tuple[bool, str, str, str]], end: str) -> None:
    text, expected = "", []
    for index, (is_header, key, value, noise) in enumerate(statements):
        text += noise + "\n"
        expected.append(text.count("\n") + 1)
        text += (f"[{key}]" if is_header else f"{key} = {value}").replace("{}", str(index), 1) + "\n"
    document = tomllib.loads(text)  # each key has its own number, so nothing is defined twice
    found = lines.key_lines(text.replace("\n", end))
    assert set(found) >= set(leaves(document))
    for index, line in enumerate(expected):
        own = [path for path in found if str(index) in re.findall(r"\d+", path[-1])]
        assert {found[path] for path in own} <= {line}
        assert own


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in [(*path, key), *leaves(item, (*path, key))]]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item, path)]
    return []


# --- where the file is looked for


def test_the_file_is_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("option.toml", "variable.toml", "fediart.toml"):
        (tmp_path / name).write_text(MINIMAL)
    environ = {"FEDIART_CONFIG": "variable.toml"}
    assert config.find("option.toml", environ) == Path("option.toml")
    assert config.find(None, environ) == Path("variable.toml")
    assert config.find(None, {}) == Path("fediart.toml")


def test_a_named_file_that_is_missing_is_not_replaced_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fediart.toml").write_text(MINIMAL)
    with pytest.raises(UsageError, match=r"nowhere\.toml \(from --config\) is not a file; `fediart init`"):
        config.find("nowhere.toml", {})
    with pytest.raises(UsageError, match=r"nowhere\.toml \(from FEDIART_CONFIG\) is not a file"):
        config.find(None, {"FEDIART_CONFIG": "nowhere.toml"})


@pytest.mark.skipif(Path("/etc/fediart/fediart.toml").exists(), reason="this machine has a FediArt of its own")
def test_no_file_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        config.find(None, {})
    for part in ("./fediart.toml", "/etc/fediart/fediart.toml", "--config", "FEDIART_CONFIG", "fediart init"):
        assert part in caught.value.text


# --- derived addresses


def test_relative_data_counts_from_the_file(tmp_path: Path) -> None:
    settings = loaded(tmp_path, MINIMAL)
    assert settings.data_directory == tmp_path / "data"
    assert settings.media_directory == tmp_path / "data/media"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/fediart.sqlite3"
    assert loaded(tmp_path, MINIMAL + '[data]\ndirectory = "/srv/art"\n').data_directory == Path("/srv/art")


@pytest.mark.parametrize(
    ("given_url", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+asyncpg://u:p@h/d?ssl=require"),
        ("postgresql+asyncpg://h/d?a=1&sslmode=disable", "postgresql+asyncpg://h/d?a=1&ssl=disable"),
        ("sqlite+aiosqlite:////srv/art.sqlite3", "sqlite+aiosqlite:////srv/art.sqlite3"),
    ],
)
def test_database_addresses(given_url: str, used: str) -> None:
    environ = {"FEDIART_INSTANCE__DOMAIN": "art.example", "FEDIART_DATABASE__URL": given_url}
    assert config.load(None, environ).database_url == used


# --- the example and the first file


def uncommented(text: str) -> str:
    return re.sub(r"^#(?=[a-z])", "", text, flags=re.MULTILINE)


def test_the_example_lists_every_setting_with_its_default() -> None:
    listed = tomllib.loads(uncommented(config.read_example()))
    defaults = dataclasses.asdict(config.Config())
    del defaults["path"]
    defaults["media"]["gallery_widths_px"] = list(defaults["media"]["gallery_widths_px"])
    assert listed == defaults
    assert [(section, list(keys)) for section, keys in listed.items()] == [
        (section, list(keys)) for section, keys in defaults.items()
    ]


def test_the_example_explains_every_setting_in_words() -> None:
    example = config.read_example().splitlines()
    for before, line in itertools.pairwise(example):
        if re.match(r"#[a-z]", line):
            assert re.match(r"# +\S", before), f"nothing explains {line}"


def test_the_first_file_is_private_and_loads(tmp_path: Path) -> None:
    path = tmp_path / "fediart.toml"
    name = 'Mira "the ☂"\\ gallery # 1'
    config.write_initial(
        path,
        {
            "instance.domain": "art.example",
            "instance.name": name,
            "instance.contact_email": "mira@art.example",
            "data.directory": "/srv/art",
            "federation.plain_http": True,
            "media.gallery_widths_px": (640, 1280),
        },
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    settings = config.load(path, {})
    assert settings == config.Config(
        instance=config.Instance(domain="art.example", name=name, contact_email="mira@art.example"),
        data=config.Data(directory="/srv/art"),
        federation=config.Federation(plain_http=True),
        media=config.Media(gallery_widths_px=(640, 1280)),
        path=path,
    )
    assert len(path.read_text("utf-8").splitlines()) == len(config.read_example().splitlines())


def test_the_first_file_never_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "fediart.toml"
    path.write_text("mine")
    with pytest.raises(ConflictError, match="exists already and was left as it is"):
        config.write_initial(path, {"instance.domain": "art.example"})
    assert path.read_text() == "mine"


def test_nothing_is_written_for_values_that_will_not_do(tmp_path: Path) -> None:
    path = tmp_path / "fediart.toml"
    with pytest.raises(UsageError) as caught:
        config.write_initial(path, {"instance.domain": "https://art.example", "server.port": 0, "instance.nmae": "x"})
    assert [line.split(" must")[0] for line in caught.value.text.splitlines()] == [
        "[instance] domain",
        "[server] port",
        "[instance] nmae is not a setting; did you mean name?",
    ]
    with pytest.raises(UsageError, match=r"\[instnace\] is not a section"):
        config.write_initial(path, {"instnace.name": "x"})
    assert not path.exists()


def test_a_folder_that_is_missing_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(FediArtError, match="cannot be written: No such file or directory"):
        config.write_initial(tmp_path / "nowhere/fediart.toml", {"instance.domain": "art.example"})


@given(st.text(max_size=30), TOML_VALUES)
def test_the_first_file_says_what_was_asked_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, directory: object
) -> None:
    path = tmp_path_factory.mktemp("first") / "fediart.toml"
    try:
        config.write_initial(
            path, {"instance.domain": "art.example", "instance.name": name, "data.directory": directory}
        )
    except UsageError:
        assert not path.exists()
    else:
        settings = config.load(path, {})
        assert (settings.instance.name, settings.data.directory) == (name, directory)


# --- the samples for reverse proxies


@pytest.mark.parametrize(
    ("file", "setting"), [("nginx.conf", r"client_max_body_size (\d+)m;"), ("Caddyfile", r"max_size (\d+)MB")]
)
def test_the_proxy_samples_let_the_largest_picture_through(file: str, setting: str) -> None:
    found = re.findall(setting, (ROOT / "deploy" / file).read_text("utf-8"))
    assert found
    assert all(int(limit) * 1_000_000 > config.Media().max_file_bytes for limit in found)
