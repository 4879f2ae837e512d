"""Make what the console serves but the repository does not hold: third-party files and compiled translations.

    npm ci --ignore-scripts
    python tools/build_static.py

Copies the files named below from ``node_modules`` to ``kanmon/console/static/vendor/`` and compiles each
``.po`` to ``.mo``. ``--check`` writes nothing and fails when something is missing or out of date.
"""

import argparse
import filecmp
import io
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "kanmon" / "console" / "static" / "vendor"

MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)  # in .mo files, so that equal texts give equal files

# file in node_modules -> name under static/vendor
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin-wght-normal.woff2",
    "@fontsource-variable/inter/LICENSE": "inter-LICENSE.txt",
    "echarts/dist/echarts.common.min.js": "echarts.common.min.js",
    "echarts/LICENSE": "echarts-LICENSE.txt",
    "echarts/NOTICE": "echarts-NOTICE.txt",
    "zrender/LICENSE": "zrender-LICENSE.txt",
}


def missing() -> list[str]:
    """Sentences about what has to be there before anything can be built."""
    if not MODULES.is_dir():
        return [f"{MODULES} is missing. Run `npm ci --ignore-scripts` in {ROOT} first."]
    return [
        f"{MODULES / name} is missing. Run `npm ci --ignore-scripts`; if it stays missing, the package has moved it."
        for name in FILES
        if not (MODULES / name).is_file()
    ]


def copy(check: bool) -> list[str]:
    """Copy the named files; with ``check`` only say which are not there or differ."""
    problems = []
    for source, target in FILES.items():
        into = VENDOR / target
        if into.is_file() and filecmp.cmp(MODULES / source, into, shallow=False):
            continue
        if check:
            problems.append(f"{into} is not the file of node_modules. Run `python tools/build_static.py`.")
            continue
        into.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, into)
    return problems


def compile_translations(check: bool) -> list[str]:
    """Compile every ``.po`` under ``kanmon``; fuzzy entries are left out, as Django does."""
    try:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import PoFileError, read_po
    except ModuleNotFoundError:
        return ["Babel is not installed, translations can't be compiled. Install the group `dev` of pyproject.toml."]
    problems = []
    for source in sorted((ROOT / "kanmon").glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        compiled = io.BytesIO()
        try:
            with source.open("rb") as stream:
                catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
            catalogue.creation_date = catalogue.revision_date = MADE_AT
            write_mo(compiled, catalogue)
        except PoFileError as problem:
            problems.append(f"{source} can't be read: {problem}.")
            continue
        if target.is_file() and target.read_bytes() == compiled.getvalue():
            continue
        if check:
            problems.append(f"{target} is older than its .po file. Run `python tools/build_static.py`.")
        else:
            target.write_bytes(compiled.getvalue())
    return problems


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when everything is there, 1 with a sentence for each thing that is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, only say what is missing")
    check = parser.parse_args(arguments).check
    problems = missing() or copy(check)
    problems += compile_translations(check)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
