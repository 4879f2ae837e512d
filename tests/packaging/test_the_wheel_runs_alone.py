"""The wheel carries all that Kanmon needs and nothing else, and runs where the checkout is not."""

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port, until

SECONDS = 900
pytestmark = pytest.mark.timeout(SECONDS)


def run(*words: str, **environment: str) -> str:
    """A command outside the checkout; its stdout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KANMON_", "DJANGO_", "PYTHON"))}
    done = subprocess.run(
        words, cwd="/", env=kept | environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built in a copy of the checkout, so that no earlier build leaves anything in it."""
    source = tmp_path_factory.mktemp("source") / "kanmon"
    names = ["kanmon", "pyproject.toml", "README.md", "LICENSE"]
    source.mkdir()
    subprocess.run(
        ["cp", "-r", *(str(path) for path in (ROOT / name for name in names) if path.exists()), str(source)], check=True
    )
    into = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--disable-pip-version-check", "--no-build-isolation", "--no-deps")
    run(*pip, "-w", str(into), str(source))
    (made,) = into.glob("kanmon-*-py3-none-any.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """What is in the wheel."""
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


def test_every_file_of_the_package_is_in_it(names: set[str]) -> None:
    here = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "kanmon").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - names == set()


@pytest.mark.parametrize(
    "name",
    [
        "kanmon/console/templates/console/overview.html",
        "kanmon/console/templates/account/login.html",
        "kanmon/console/static/console/kanmon.css",
        "kanmon/console/static/vendor/tabler.min.css",
        "kanmon/console/static/vendor/inter-latin-wght-normal.woff2",
        "kanmon/console/static/vendor/inter-LICENSE.txt",
        "kanmon/console/static/vendor/echarts.common.min.js",
        "kanmon/console/static/vendor/echarts-LICENSE.txt",
        "kanmon/console/locale/ja/LC_MESSAGES/django.mo",
        "kanmon/policy/builtin/default.yaml",
        "kanmon/policy/builtin/default-action.yaml",
        "kanmon/intake/formats/kanmon.schema.json",
        "kanmon/journal/migrations/0001_initial.py",
        "kanmon/py.typed",
    ],
)
def test_it_carries(names: set[str], name: str) -> None:
    assert name in names, "make setup builds the front-end files and translations"


def test_it_carries_every_migration(names: set[str]) -> None:
    migrations = {str(path.relative_to(ROOT)) for path in (ROOT / "kanmon").glob("*/migrations/[0-9]*.py")}
    assert len(migrations) >= 7
    assert migrations <= names


def test_it_carries_nothing_else(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not re.fullmatch(r"kanmon-[\d.]+\.dist-info", top)} == {"kanmon"}
    for name in names:
        parts = set(name.split("/"))
        assert not parts & {"tests", "node_modules", "__pycache__", ".home"}, name
        assert not name.endswith((".sqlite3", ".log", ".pyc")), name


def test_it_names_no_machine_and_no_registry(wheel: Path) -> None:
    """Nothing of the folder in which it was built, and no address of a package registry."""
    with zipfile.ZipFile(wheel) as opened:
        for name in opened.namelist():
            text = opened.read(name)
            assert str(ROOT).encode() not in text, name
            assert b"/simple/" not in text, name


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a bare environment in which only the wheel and what it needs are installed."""
    folder = tmp_path_factory.mktemp("alone") / "venv"
    run(sys.executable, "-m", "venv", str(folder))
    pip = (str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt"))
    run(*pip, "--no-deps", str(wheel))
    return folder / "bin" / "kanmon"


@pytest.fixture(scope="module")
def address(alone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Manager of that environment in a new home; where it serves."""
    home = tmp_path_factory.mktemp("home") / "kanmon"
    environment = {"KANMON_HOME": str(home)}
    run(str(alone), "setup", **environment)
    checked = json.loads(run(str(alone), "check", "--json", **environment))
    assert checked["home"] == str(home)
    port = free_port()
    output = home / "output.txt"
    with open(output, "wb") as out:
        process = subprocess.Popen(
            [str(alone), "manager", "--listen", f"127.0.0.1:{port}"], cwd="/", stdout=out, stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], **environment},
        )  # fmt: skip
    try:
        until(lambda: "Kanmon serves" in output.read_text("utf-8") or process.poll() is not None, 60)
        assert process.poll() is None, output.read_text("utf-8")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def get(address: str) -> tuple[int, str, bytes]:
    """Status, content type and body."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.status, answer.headers["Content-Type"], answer.read()


def test_it_says_its_version(alone: Path) -> None:
    from kanmon import __version__

    assert run(str(alone), "--version").strip() == f"kanmon {__version__}"


def test_it_is_ready(address: str) -> None:
    assert json.loads(get(address + "/health/ready")[2])["ready"] is True


def test_its_pages_find_their_templates_and_files(address: str) -> None:
    status, kind, page = get(address + "/account/login/")
    assert status == 200
    assert kind.startswith("text/html")
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"#?]+)', page.decode())))
    assert any("vendor/" in name for name in files), files
    for name in files:
        status, _, body = get(address + name)
        assert status == 200, name
        assert body, name


def test_its_pages_speak_japanese(address: str) -> None:
    request = urllib.request.Request(address + "/account/login/", headers={"Accept-Language": "ja"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        page = answer.read().decode()
    assert re.search(r"[\u3040-\u30ff]", page), "the compiled translation is not found"


def test_it_takes_an_inventory_in(alone: Path, address: str, tmp_path: Path) -> None:
    shown = ROOT / "tests" / "intake" / "data" / "kanmon.json"
    home = str(tmp_path / "second")
    run(str(alone), "setup", KANMON_HOME=home)
    rows = json.loads(run(str(alone), "import", "--json", str(shown), KANMON_HOME=home))
    assert [row["result"] for row in rows] == ["changed"]
    assert json.loads(run(str(alone), "pcs", "--json", KANMON_HOME=home))[0]["level"] == "danger"
