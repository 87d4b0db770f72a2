"""Settings from the environment, read once, refused with a clear message when wrong.

Every variable is described in docs/settings.md.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TRUE = {"1", "true", "yes", "on"}
FALSE = {"", "0", "false", "no", "off"}
SHORTEST_KEY = 40  # characters
MOST_WAITING = 100_000  # requests under way in one process
RESULTS, RESULTS_DATABASE = "LAZARETTO_RESULTS_URL", "LAZARETTO_RESULTS_DATABASE_URL"
LOOKED_UP_WITHIN = 2  # seconds that the pages of own results wait for their database


class SettingError(Exception):
    """A variable of the environment has a value that cannot be used."""

    def __init__(self, name: str, problem: str, hint: str) -> None:
        self.name = name
        super().__init__(f"{name}: {problem}. {hint}")


@dataclass(frozen=True)
class Environment:
    """What the environment says, validated."""

    data_dir: Path
    database: dict[str, Any]
    secret_key: str
    debug: bool
    hosts: tuple[str, ...]
    base_url: str
    time_zone: str
    language: str
    threads: int
    shed_display: int
    shed_all: int
    results: str  # where own results are asked for: http(s)://…, unix:/path, or empty
    results_database: dict[str, Any]  # read only, never written


def read(source: Mapping[str, str] | None = None) -> Environment:
    """The validated environment; raises `SettingError` naming the variable."""
    env = os.environ if source is None else source
    data_dir = _data_dir(env.get("LAZARETTO_DATA_DIR", "data"))
    threads = _threads(env.get("LAZARETTO_THREADS", "8"))
    display, everything = _sheds(env, threads)
    base_url = _base_url(env.get("LAZARETTO_URL", "http://localhost:8000"))
    database_url = env.get("LAZARETTO_DATABASE_URL", "")
    return Environment(
        data_dir=data_dir,
        database=_database("LAZARETTO_DATABASE_URL", database_url, data_dir),
        secret_key=_given_key(env.get("LAZARETTO_SECRET_KEY", "")) or _stored_key(data_dir),
        debug=_boolean("LAZARETTO_DEBUG", env.get("LAZARETTO_DEBUG", "")),
        hosts=_hosts(env.get("LAZARETTO_HOSTS", ""), base_url),
        base_url=base_url,
        time_zone=_time_zone(env.get("LAZARETTO_TIME_ZONE", "Asia/Shanghai")),
        language=_language(env.get("LAZARETTO_LANGUAGE", "zh-hans")),
        threads=threads,
        shed_display=display,
        shed_all=everything,
        results=_results(env.get(RESULTS, "")),
        results_database=_read_only(
            _database(RESULTS_DATABASE, env.get(RESULTS_DATABASE, "") or database_url, data_dir)
        ),
    )


def _data_dir(value: str) -> Path:
    path = Path(value).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingError(
            "LAZARETTO_DATA_DIR", f"{path} cannot be made ({error.strerror})", "Name a folder that can be written"
        ) from error
    if not os.access(path, os.W_OK):
        raise SettingError("LAZARETTO_DATA_DIR", f"{path} cannot be written", "Name a folder that this user may write")
    return path


def _database(name: str, url: str, data_dir: Path) -> dict[str, Any]:
    if not url:
        return _sqlite(data_dir / "lazaretto.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = (
            unquote(parts.path).removeprefix("/") if parts.path.startswith("//") is False else unquote(parts.path)[1:]
        )
        if not path:
            raise SettingError(
                name,
                "the SQLite file is missing",
                "Write sqlite:////absolute/file or leave it empty",
            )
        return _sqlite(Path(path))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(name, url)
    raise SettingError(
        name,
        f"the scheme {parts.scheme or '(none)'} is not known",
        "Write postgresql://user:password@host:5432/name or sqlite:////absolute/file",
    )


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "lazaretto.core.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            # Writers queue at BEGIN instead of failing half way: SQLite has no row locks.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "cached_statements": 500,  # of a connection, which would else compile what it did already
            # FULL: what was acknowledged survives a power cut (promise 6); `core.sqlite` brings transactions there.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                # A checkpoint every 32 MB instead of every 4: pages written again and again are copied once.
                "PRAGMA wal_autocheckpoint=8000; "
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
            ),
        },
    }


def _postgresql(variable: str, url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise SettingError(
            variable,
            "the name of the database is missing",
            "Write postgresql://user:password@host:5432/name",
        )
    try:
        port = parts.port
    except ValueError as error:
        raise SettingError(variable, "the port is not a number", "Write …@host:5432/name") from error
    return {
        "ENGINE": "lazaretto.core.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A page that looks up some hundred rows by their keys looks dear to the planner, and compiling it took
        # PostgreSQL twenty times as long as running it.
        "OPTIONS": {"options": "-c jit=off"},
    }


def _read_only(known: dict[str, Any]) -> dict[str, Any]:
    """The same database for whoever only looks: nothing can be written, and nobody waits longer than a phone does."""
    seconds = LOOKED_UP_WITHIN
    if known["ENGINE"].endswith("sqlite"):
        options = {
            "timeout": seconds,
            "cached_statements": 100,
            "init_command": "PRAGMA query_only=ON; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;",
        }
        return {**known, "NAME": f"{Path(known['NAME']).absolute().as_uri()}?mode=ro", "OPTIONS": options}
    said = f"-c jit=off -c default_transaction_read_only=on -c statement_timeout={seconds * 1000}"
    options = {"options": said, "connect_timeout": seconds, "tcp_user_timeout": seconds * 1000}
    return {**known, "OPTIONS": options}


def _results(value: str) -> str:
    """Where the front asks for own results; empty where `lazaretto up` starts a process for them."""
    parts = urlsplit(value)
    if value and not (parts.scheme in {"http", "https"} and parts.hostname) and not value.startswith("unix:/"):
        raise SettingError(
            RESULTS, f"{value!r} is no address", "Write http://10.0.0.5:8100, or leave it out: `up` starts them itself"
        )
    return value.rstrip("/")


def _given_key(value: str) -> str:
    """The key of the environment; a cut one would read no document and call every journal entry changed."""
    if value and len(value) < SHORTEST_KEY:
        raise SettingError(
            "LAZARETTO_SECRET_KEY",
            f"has {len(value)} characters, not {SHORTEST_KEY} or more",
            "Give the whole key, or leave it out for secret.key in the data folder",
        )
    return value


def _stored_key(data_dir: Path) -> str:
    """The key in the data folder; made on first use and readable by its owner alone."""
    path = data_dir / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise SettingError(
            "LAZARETTO_SECRET_KEY",
            f"{path} is damaged",
            "Restore it from the backup: without it no document can be read",
        )
    return key


def _boolean(name: str, value: str) -> bool:
    word = value.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise SettingError(name, f"{value!r} is neither yes nor no", "Write 1 or 0")


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(
            "LAZARETTO_URL", f"{value!r} is not an address", "Write for example https://lazaretto.example.org"
        )
    return value.rstrip("/")


def _hosts(value: str, base_url: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in value.split(",") if part.strip())
    own = urlsplit(base_url).hostname or "localhost"
    return (*named, own, "localhost", "127.0.0.1", "[::1]")


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError(
            "LAZARETTO_TIME_ZONE", f"{value!r} is not known", "Write a name such as Asia/Shanghai"
        ) from error
    return value


def _language(value: str) -> str:
    if value not in {"zh-hans", "en"}:
        raise SettingError("LAZARETTO_LANGUAGE", f"{value!r} is not offered", "Write zh-hans or en")
    return value


def _threads(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 64:
        raise SettingError("LAZARETTO_THREADS", f"{value!r} is not a number from 1 to 64", "Leave it out for 8")
    return int(value)


def _sheds(env: Mapping[str, str], threads: int) -> tuple[int, int]:
    """From how many requests under way on, in one process, displays are put off; and everything."""
    display = _waiting("LAZARETTO_SHED_DISPLAY", env.get("LAZARETTO_SHED_DISPLAY", ""), 8 * threads)
    everything = _waiting("LAZARETTO_SHED_ALL", env.get("LAZARETTO_SHED_ALL", ""), max(32 * threads, display))
    if everything < display:
        raise SettingError(
            "LAZARETTO_SHED_ALL",
            f"{everything} is less than the {display} of LAZARETTO_SHED_DISPLAY",
            "What phones captured is never put off before what is only looked at",
        )
    return display, everything


def _waiting(name: str, value: str, usual: int) -> int:
    if not value:
        return usual
    if not value.isdecimal() or not 1 <= int(value) <= MOST_WAITING:
        raise SettingError(name, f"{value!r} is not a number from 1 to {MOST_WAITING}", f"Leave it out for {usual}")
    return int(value)
