"""Collect the texts of the console into its translation file, without GNU gettext.

    python tools/messages.py           write new texts into django.po, mark changed ones fuzzy, drop old ones
    python tools/messages.py --check   write nothing; fail when a text is new, old, untranslated or fuzzy

Texts come from ``_()``, ``lazy()``, ``plazy()`` and ``ngettext()`` in Python and from ``{% translate %}`` and
``{% blocktranslate %}`` in templates.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "kanmon" / "console"
LOCALES = {"ja": CONSOLE / "locale" / "ja" / "LC_MESSAGES" / "django.po"}
HEADER = """\
# Texts of the console. Kept up to date by tools/messages.py: give the translations, the rest is written.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""
KEYWORDS = DEFAULT_KEYWORDS | {
    "lazy": None, "plazy": ((1, "c"), 2), "gettext_noop": None, "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "ngettext": (1, 2), "gettext": None, "_": None,
}  # fmt: skip


def texts() -> Iterator[tuple[str, object, str | None]]:
    """(file, text or (one, many), context) of every text of the console."""
    for path in sorted([*CONSOLE.rglob("*.py"), *CONSOLE.rglob("*.html")]):
        source = path.read_text("utf-8")
        if path.suffix == ".html":
            source = " ".join(templatize(source, origin=str(path)).split("\n")).strip()  # its indents mean nothing
        name = str(path.relative_to(ROOT))
        for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            yield name, text, context


def template() -> Catalog:
    """A catalogue of all texts, without translations."""
    found = Catalog(project="kanmon", charset="utf-8", fuzzy=False)
    for name, text, context in texts():
        found.add(text, locations=[(name, 0)], context=context)
    return found


def read(path: Path, locale: str) -> Catalog:
    """The catalogue of a language; an empty one when there is none yet."""
    if not path.exists():
        return Catalog(locale=locale, project="kanmon", charset="utf-8", fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=locale)


def problems(catalogue: Catalog, wanted: Catalog) -> list[str]:
    """What keeps ``catalogue`` from being complete and up to date."""
    keys = {(one.id, one.context) for one in wanted if one.id}
    have = {(one.id, one.context): one for one in catalogue if one.id}
    found = [f"not in the file: {key}" for key in keys - set(have)]
    found += [f"not used any more: {key}" for key in set(have) - keys]
    for key, one in have.items():
        strings = one.string if isinstance(one.string, tuple) else (one.string,)
        if one.fuzzy:
            found.append(f"fuzzy: {key}")
        elif not all(strings):
            found.append(f"untranslated: {key}")
    return sorted(found)


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 with a line for each problem when ``--check`` finds one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, only say what is missing")
    check = parser.parse_args(arguments).check
    if not settings.configured:
        settings.configure()
    wanted, failed = template(), False
    for locale, path in LOCALES.items():
        catalogue = read(path, locale)
        if check:
            found = problems(catalogue, wanted)
            print("\n".join(f"{path.name} ({locale}): {one}" for one in found), file=sys.stderr, end="\n" * bool(found))
            failed = failed or bool(found)
            continue
        catalogue.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.write(HEADER.format(language=locale, plurals=catalogue.plural_forms).encode())
            write_po(stream, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
