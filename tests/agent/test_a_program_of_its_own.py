"""The agent is small: it runs without Django and without what judges PCs."""

import subprocess
import sys
from pathlib import Path

# As `kanmon agent run` does, to the point where everything is imported that it uses; then asks what there is.
PROGRAM = """
import os, sys, threading
from pathlib import Path
from kanmon.cli.main import app
from kanmon.agent import config, program

agents = []
class Agent(program.Agent):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.on_ready = lambda url: threading.Thread(target=self.asked, daemon=True).start()
    def asked(self):
        print(*sorted(sys.modules))
        self.stop()
program.Agent = Agent
app(["agent", "run"], standalone_mode=False)
"""


def test_no_django_is_loaded_by_a_running_agent(tmp_path: Path) -> None:
    environment = {"KANMON_AGENT_HOME": str(tmp_path), "KANMON_AGENT_LISTEN": "127.0.0.1:0",
                   "KANMON_AGENT_DRIVERS": "simulated"}  # fmt: skip
    made = "from kanmon.agent import program, config; program.make_home(config.home())"
    subprocess.run([sys.executable, "-c", made], env=environment, check=True)
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    modules = done.stdout.split()
    assert "kanmon.agent.link" in modules
    assert "uvicorn" in modules
    assert [name for name in modules if name.split(".")[0] == "django"] == []
    assert [name for name in modules if name.split(".")[0] in ("numpy", "pyroaring", "allauth", "ninja")] == []
