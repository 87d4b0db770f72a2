"""Message catalogues without gettext installed: extract, check, compile.

English stands in the code; `locale/zh_Hans/LC_MESSAGES/django.po` of the same app translates it. The files are sorted
and carry no line numbers and no dates, so that two people's changes merge.
"""

import argparse
import ast
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
HEADER = """# Translations of Lazaretto. Keep the file sorted: lazaretto messages --update
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
Positions = tuple[int | tuple[int, int] | tuple[int, str], ...]
KEYWORDS: dict[str, Positions | None] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_"), (1,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACES = re.compile(r"(?<!\{)\{\w*\}(?!\})|%\(\w+\)[sd]|%[sd]")


@dataclass(frozen=True)
class Fault:
    """Something wrong with a message of an app: `kind` is missing, fuzzy, obsolete, placeholder or conflict."""

    app: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.app}: {self.kind}: {self.text}"


def apps() -> list[Path]:
    """The folders that have texts of their own."""
    return sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def po_file(app: Path) -> Path:
    """Where an app keeps its translations."""
    return app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


# ---- what the code says


def extract(app: Path) -> Catalog:
    """Every text of an app that is marked for translation, untranslated."""
    catalogue = Catalog(locale=LOCALE)
    for path in _sources(app):
        for identity, context in _texts(path):
            catalogue.add(identity, context=context)
    return catalogue


def _sources(app: Path) -> Iterator[Path]:
    for path in sorted(app.rglob("*")):
        inner = path.relative_to(app).parts
        if path.suffix in {".py", ".html", ".txt", ".js"} and not {"tests", "migrations", "vendor"} & set(inner):
            yield path


def _texts(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Message ids (a pair with plural) and contexts of a file."""
    content = path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"}:
        if path.suffix == ".txt" and "templates" not in path.parts:
            return
        # Read as Python below, so the indentation of HTML must not count.
        content = "\n".join(line.lstrip() for line in templatize(content, origin=str(path)).splitlines())
    read = extract_javascript if path.suffix == ".js" else extract_python
    for _line, function, messages, _comments in read(BytesIO(content.encode()), KEYWORDS, [], {}):
        found = _arguments(str(function), messages)
        if found is not None:
            yield found
    if path.suffix == ".py":
        yield from _within_texts(content)


def _within_texts(content: str) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """What is said inside `f"…{_('…')}…"`, which Babel passes over: before Python 3.12 that is one token."""
    for text in (node for node in ast.walk(ast.parse(content)) if isinstance(node, ast.JoinedStr)):
        for call in (node for node in ast.walk(text) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            values = [one.value if isinstance(one, ast.Constant) else None for one in call.args]
            found = _arguments(name, values) if name in KEYWORDS else None
            if found is not None:
                yield found


def _arguments(function: str, messages: object) -> tuple[str | tuple[str, str], str | None] | None:
    """Id and context out of a call's arguments; None when a text is not a literal."""
    values = list(messages) if isinstance(messages, (tuple, list)) else [messages]
    context = values.pop(0) if "pgettext" in function else None
    wanted = 2 if "ngettext" in function or "npgettext" in function else 1
    texts = [value for value in values[:wanted] if isinstance(value, str) and value]
    if len(texts) < wanted:
        return None
    return (texts[0] if wanted == 1 else (texts[0], texts[1])), context


# ---- what the translators said


def read(app: Path) -> Catalog:
    """The stored catalogue of an app, empty when there is none."""
    path = po_file(app)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, abort_invalid=True)


def update(app: Path) -> tuple[int, list[str]]:
    """Write the catalogue of an app afresh; returns how many are new and which texts fell away."""
    wanted, stored = extract(app), read(app)
    fresh = 0
    for message in _messages(wanted):
        known = stored.get(message.id, message.context)
        if known is None:
            fresh += 1
        else:
            message.string, message.flags = known.string, message.flags | (known.flags & {"fuzzy"})
            message.user_comments = known.user_comments
    gone = [_shown(m) for m in _messages(stored) if wanted.get(m.id, m.context) is None]
    path = po_file(app)
    if len(wanted) or path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_rendered(wanted), encoding="utf-8")
    return fresh, gone


def _rendered(catalogue: Catalog) -> str:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return HEADER + buffer.getvalue().decode().strip("\n") + "\n"


def check() -> list[Fault]:
    """Everything that keeps the translation from being complete, in all apps."""
    faults = [fault for app in apps() for fault in _check_app(app)]
    return [*faults, *_conflicts()]


def _check_app(app: Path) -> Iterator[Fault]:
    wanted, stored = extract(app), read(app)
    for message in _messages(wanted):
        known = stored.get(message.id, message.context)
        if known is None or not all(_strings(known)):
            yield Fault(app.name, "missing", _shown(message))
        elif known.fuzzy:
            yield Fault(app.name, "fuzzy", _shown(message))
        elif not _same_places(known):
            yield Fault(app.name, "placeholder", _shown(message))
    for message in _messages(stored):
        if wanted.get(message.id, message.context) is None:
            yield Fault(app.name, "obsolete", _shown(message))


def _conflicts() -> Iterator[Fault]:
    """Django merges the catalogues of all apps: the same English must read the same, or differ by context."""
    seen: dict[tuple[object, str | None], tuple[str, object]] = {}
    for app in apps():
        for message in _messages(read(app)):
            first = seen.setdefault((message.id, message.context), (app.name, message.string))
            if first[1] != message.string and message.string and first[1]:
                where = f"{_shown(message)}: {message.string} / {first[0]}: {first[1]} (pgettext tells them apart)"
                yield Fault(app.name, "conflict", where)


def _same_places(message: Message) -> bool:
    """Whether the translation carries the placeholders of the text, in both notations."""
    wanted = set(PLACES.findall(message.id if isinstance(message.id, str) else message.id[-1]))
    return all(set(PLACES.findall(text)) == wanted for text in _strings(message))


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else " | ".join(message.id)
    return json.dumps(text, ensure_ascii=False) + (f" [{message.context}]" if message.context else "")


# ---- what Django reads


def compile_stale(*, package: Path = PACKAGE) -> int:
    """Compile catalogues whose .mo is missing or older than the .po; returns how many. A few `stat` calls when none.

    In an installation that cannot be written the wheel has brought the .mo files already.
    """
    stale = [po for po in package.glob(f"*/locale/{LOCALE}/LC_MESSAGES/django.po") if _is_stale(po)]
    for po in stale:
        compile_one(po)
    return len(stale)


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def compile_one(po: Path) -> None:
    """Write the .mo beside a .po, whole or not at all."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=LOCALE, abort_invalid=True)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    fresh = po.with_suffix(f".{os.getpid()}.new")
    fresh.write_bytes(buffer.getvalue())
    fresh.replace(po.with_suffix(".mo"))


# ---- the command


def register(commands: cli.Commands) -> None:
    """`lazaretto messages`."""
    parser = cli.add_command(
        commands,
        "messages",
        run="lazaretto.config.messages:run",
        summary=_("Translations: extract them from the code, check that none is missing, compile them"),
        django=False,
    )
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--update", action="store_true", help=_("write new texts into the catalogues"))
    action.add_argument("--check", action="store_true", help=_("fail when a translation is missing or out of date"))
    action.add_argument("--compile", action="store_true", help=_("compile the catalogues"))
    parser.add_argument("--app", help=_("only this app (with --update)"))
    cli.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked."""
    if arguments.update:
        return _run_update(arguments.app)
    if arguments.check:
        return _run_check(as_json=arguments.json)
    cli.say(_("{count} catalogues compiled.").format(count=compile_stale()))
    return cli.OK


def _run_update(only: str | None) -> int:
    wanted = [app for app in apps() if only in {None, app.name}]
    if not wanted:
        cli.complain(_("There is no app called {name}.").format(name=only))
        return cli.USAGE
    for app in wanted:
        fresh, gone = update(app)
        if fresh or gone:
            cli.say(_("{app}: {fresh} new, {gone} removed").format(app=app.name, fresh=fresh, gone=len(gone)))
        for text in gone:
            cli.say(f"  - {text}")
    compile_stale()
    return cli.OK


def _run_check(*, as_json: bool) -> int:
    faults = check()
    if as_json:
        cli.say_json([{"app": fault.app, "kind": fault.kind, "text": fault.text} for fault in faults])
    else:
        for fault in faults:
            cli.say(fault)
        cli.say(_("{count} faults in the translations.").format(count=len(faults)))
    return cli.FAILED if faults else cli.OK
