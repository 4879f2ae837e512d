"""docs/reference/keyboard.md lists the keys that the console has, and each of them is in its script."""

from pathlib import Path

from kanmon.console import keys

ROOT = Path(__file__).parents[2]


def test_the_page_lists_every_key() -> None:
    page = (ROOT / "docs/reference/keyboard.md").read_text("utf-8")
    wanted = [f"| `{key}` | {does} |" for _, rows in keys.SECTIONS for key, does in rows]
    assert [line for line in page.splitlines() if line.startswith("| `")] == wanted


def test_every_key_is_in_the_script() -> None:
    script = (ROOT / "kanmon/console/static/console/kanmon.js").read_text("utf-8")
    plain = script.partition("const plain = {")[2].partition("\n  };")[0]
    places = script.partition("const places = {")[2].partition("}")[0]
    for _, rows in keys.SECTIONS:
        for key, _ in rows:
            if key.startswith("g "):
                assert f" {key[2]}:" in places
            elif len(key) == 1:
                assert f"    {key}:" in plain or f'    "{key}":' in plain, key
