"""The panel beside the editor of a policy, as the server answers it while somebody types: python -m bench.whatif_panel [PCS].

The whole answer is timed: form taken, draft kept, policy checked, asked of the index, page drawn. Each request edits the
form once more; the index stands still, as it does between two reports of a PC.
"""

import sys
from collections.abc import Callable
from typing import Any

from bench.homes import own_home
from bench.report import Report, percentile, scaled, timed

ROUNDS = 15
NAME = "Default"
Edit = Callable[[int], dict[str, str]]
EDITS: dict[str, tuple[str, Edit]] = {
    "age of definitions": ("antivirus", lambda n: {"antivirus.definitions_max_age_days": str(n + 1)}),
    "level of an item": ("antivirus", lambda n: {"antivirus.level": ("danger", "warning", "caution")[n % 3]}),
    "name of a program": (
        "prohibited_software", lambda n: {"prohibited_software.programs[0].name": f"*Program {n % 10}*"},
    ),
    "a setting on and off": ("pc_settings", lambda n: {"on:pc_settings.logon.automatic": "1"} if n % 2 else {}),
}  # fmt: skip


def main(count: int) -> None:
    """Run and report."""
    report = Report(f"whatif_panel_{count}")
    with own_home():
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import setup_test_environment

        from bench import fleet_store
        from kanmon.accounts.models import User

        setup_test_environment()
        fleet_store.fill(count)
        client = Client()
        person = User.objects.create_user("bench", role="administrator")
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        for what, (item, edit) in EDITS.items():
            fields = _form(item)
            first, _ = timed(lambda fields=fields, item=item: _ask(client, item, fields))  # type: ignore[misc]
            waits = [
                timed(lambda item=item, given=_edited(fields, edit(n)): _ask(client, item, given))[0]  # type: ignore[misc]
                for n in range(ROUNDS)
            ]
            report.add(f"{what}: first answer", first * 1000, "ms")
            note = f"p50 {percentile(waits, 50) * 1000:,.0f} ms, {ROUNDS} edits"
            report.add(f"{what}: p95", percentile(waits, 95) * 1000, "ms", note, 300)
        connection.close()
    report.end()


def _form(item: str) -> dict[str, str]:
    """What a browser sends of a page."""
    from kanmon.console import editing, read
    from kanmon.console.policy_form.sending import sent

    row = "prohibited_software.programs[0]" if item == "prohibited_software" else ""
    shown = read.editor(editing.begin("bench", "judgment", NAME), item, row)
    return {**sent(shown.nodes), "shape": str(shown.shape), "open": shown.open}


def _edited(fields: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    kept = fields if more else {key: value for key, value in fields.items() if key != "on:pc_settings.logon.automatic"}
    return kept | more


def _ask(client: Any, item: str, fields: dict[str, str]) -> None:
    answer = client.post(f"/policies/effect/judgment/{item}/{NAME}", fields)
    if answer.status_code != 200 or b"k-matrix" not in answer.content:
        raise RuntimeError(f"{answer.status_code}: {answer.content[:2000]!r}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else scaled(100_000, 1000))
