"""A remediation page to look at: a Manager with PCs that are cut off, refused, waived and in order.

python tests/browser/remediation.py FOLDER     takes screenshots of all of them
"""

import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import driving

HELP = [
    "en=Service desk, phone 03-1234-5678 (8:00 to 18:00), help@example.com\nOr come to room 2-104.",
    "ja=ヘルプデスク 電話 03-1234-5678（8:00～18:00）、help@example.com\n2 号館 104 号室でも受け付けています。",
]
POLICY = "{kind: action, name: Default, danger: {network: deny}, safe: {network: permit}}"
STATES = {"cut": 1, "cut-windows": 2, "refused": 3, "person": 4, "fine": 5, "later": 6, "todo": 7, "unknown": 99}


def address(name: str) -> str:
    """Where the PC of a state stands."""
    return f"10.9.0.{STATES[name]}"


def fill(shared: Any, folder: Path) -> tuple[Any, str]:
    """The Manager, started and filled, and the address of its page."""
    port = shared.free_port()
    manager = shared.ManagerProcess(
        folder / "home",
        {
            "action": {"collect_seconds": 0},
            "server": {"time_zone": "Asia/Tokyo"},
            "portal": {
                "listen": f"127.0.0.1:{port}", "proxies": ["127.0.0.1"], "help": HELP, "wake_port": 0, "check_seconds": 1
            },
        },
    ).setup().start()  # fmt: skip
    (folder / "actions.yaml").write_text(POLICY)
    manager.run("policy", "import", str(folder / "actions.yaml"))
    token = manager.token()
    many = {
        "antivirus": [],
        "firewall": [{"profile": "nftables", "enabled": False}],
        "software": [{"name": "Winny", "version": "2.0", "scheme": "deb"}, {"name": "secret-tool", "version": "1"}],
        "pending_updates": [{"name": "openssl", "version": "3.0.17", "security": True}],
        "accounts": [{"name": "guest", "enabled": True, "guest": True}],
    }
    windows = {
        "os": {"family": "windows", "name": "Microsoft Windows 11 Pro", "version": "10.0.22631"},
        "antivirus": [{"product": "Windows Defender", "version": "4.18", "definitions_date": "2026-01-05", "enabled": False}],
        "firewall": [{"profile": "public", "enabled": False}],
        "drives": [{"name": "C:", "system": True, "encrypted": False}],
        "software": [],
    }  # fmt: skip
    changes: dict[str, dict[str, Any]] = {
        "cut": many, "cut-windows": windows, "refused": many, "person": {}, "fine": {},
        "later": {"firewall": [{"profile": "nftables", "enabled": False}]},
        "todo": {"pending_updates": [{"name": "openssl", "version": "3.0.17", "security": True}]},
    }  # fmt: skip
    for name, number in STATES.items():
        if name in changes:
            body = shared.pc_json(number, columns={"ip": address(name)}, **changes[name])
            status, _, said = manager.post(json.dumps(body).encode(), token)
            assert status == 200, said
    shared.until(lambda: len(manager.json("pcs")) == len(changes) and manager.idle(), 60)
    manager.run("network", "refuse", "--host", "pc-0003", "--reason", "stolen")
    manager.run("network", "deny", "--host", "pc-0004", "--reason", "by hand")
    until_day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    later = next(iter(row["asset_number"] for row in manager.json("pcs") if row["host"] == "pc-0006"))
    manager.run(
        "waiver", "add", "pc_settings.firewall.off", "--pc", later, "--reason", "not said", "--approver", "nobody",
        "--expires", until_day,
    )  # fmt: skip
    shared.until(manager.idle, 60)
    return manager, f"http://127.0.0.1:{port}"


def window(browser: Any, base: str, state: str, **look: Any) -> Any:
    """A browser that stands where the PC of ``state`` stands."""
    made = driving.context(browser, base, **look)
    made.clear_cookies()
    made.set_extra_http_headers({"X-Forwarded-For": address(state)})
    return made


def take(folder: Path) -> None:
    """Every state: English light, Japanese dark, and on a phone."""
    import conftest

    folder.mkdir(parents=True, exist_ok=True)
    manager, base = fill(conftest._shared(), Path(tempfile.mkdtemp()))
    try:
        with driving.chromium() as browser:
            for state in STATES:
                for look in (
                    {"language": "en", "theme": "light"}, {"language": "ja", "theme": "dark"},
                    {"language": "ja", "theme": "light", "phone": True}, {"language": "en", "theme": "dark", "phone": True},
                ):  # fmt: skip
                    with window(browser, base, state, **look) as opened:
                        page = opened.new_page()
                        page.goto("/")
                        named = "-".join(str(one) for one in (state, look["language"], look["theme"]))
                        page.screenshot(
                            path=folder / f"{named}{'-phone' if look.get('phone') else ''}.png", full_page=True
                        )
            with window(browser, base, "cut", language="en", scripts=False) as opened:
                page = opened.new_page()
                page.goto("/")
                page.click("button")
                page.wait_for_timeout(5000)
                page.screenshot(path=folder / "asked-en.png", full_page=True)
                page.click("button")
                page.click("button")
                page.screenshot(path=folder / "trouble-en.png", full_page=True)
    finally:
        manager.stop()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
