"""How long 1,000 denials that are ordered at once take: until the agent has answered the last, and until the network has
shown the last PC in quarantine. A real Manager and a real agent in processes of their own, TLS between them, and the
simulated device, which shows every PC where it was put.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import agents
from bench.homes import _free_port, manager
from bench.report import Report, scaled
from kanmon.cli.client import Client, follow
from kanmon.cli.inventory import wait_until_judged
from kanmon.cli.stream import Stream

KANMON = str(Path(sys.executable).with_name("kanmon"))
DENY = "{when: every_judgment, network: deny}"
POLICY = f"{{kind: action, name: Default, danger: {DENY}, warning: {DENY}, caution: {DENY}, safe: {DENY}}}"
LONGEST_SECONDS = 300


def main() -> None:
    """Run and report."""
    count = scaled(1000, 50)
    os.environ |= {
        "KANMON_AGENTS_LISTEN": f"127.0.0.1:{_free_port()}", "KANMON_ACTION_COLLECT_SECONDS": "0",
        "KANMON_ACTION_MOST_PER_HOUR": "",
    }  # fmt: skip
    report = Report("denials")
    with manager() as running, _agent():
        Stream(Client(running.url, running.token)).send(iter(agents.kanmon(count, 0)), lambda told: None)
        client = Client()
        wait_until_judged(client)
        policy = Path(os.environ["KANMON_HOME"]) / "deny.yaml"
        policy.write_text(POLICY)
        subprocess.run(
            [KANMON, "policy", "import", str(policy), "--already", "act"], check=True, stdout=subprocess.DEVNULL
        )
        follow(client, client.call("POST", "/judgments", {"all": True})["id"])
        orders = _all_verified(client, count)
        cpu = running.cpu_seconds()
    began = min(_moment(one["ordered_at"]) for one in orders)
    for what, field in (
        ("until the agent has answered the last", "acknowledged_at"),
        ("until the last is verified", "verified_at"),
    ):
        seconds = sorted((_moment(one[field]) - began).total_seconds() for one in orders)
        report.add(f"{count:,} denials, {what}", seconds[-1], "s", f"p50 {seconds[len(seconds) // 2]:.2f} s")
    report.add("Manager's processor time in all", cpu, "s")
    report.end()


def _all_verified(client: Client, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        orders: list[dict[str, Any]] = client.call("GET", "/network/orders", limit=1000)
        if sum(one["progress"] == "verified" for one in orders) >= count:
            return orders
        time.sleep(0.5)
    raise RuntimeError(f"not verified in time: {[one['progress'] for one in orders][:10]}")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@contextlib.contextmanager
def _agent() -> Iterator[None]:
    """An enrolled agent with the simulated driver."""
    home = Path(tempfile.mkdtemp(prefix="kanmon-bench-agent-"))
    environment = os.environ | {"KANMON_AGENT_HOME": str(home)}

    def run(*words: str, **more: str) -> str:
        done = subprocess.run([KANMON, *words], env=environment | more, check=True, capture_output=True, text=True)
        return done.stdout

    run("agent", "setup")
    settings = f'[agent]\nlisten = "127.0.0.1:{_free_port()}"\ndrivers = ["simulated"]\nlook_seconds = 1\n'
    (home / "agent.toml").write_text(settings)
    run("agent", "enrol", KANMON_AGENT_TOKEN=run("network", "invite", "bench").strip())
    process = subprocess.Popen(
        [KANMON, "agent", "run"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
