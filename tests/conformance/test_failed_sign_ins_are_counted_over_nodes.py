"""Who guesses passwords is locked out by what is in the database, on every node; on every database."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from kanmon.accounts.models import Kept, User
from kanmon.common import clock
from kanmon.journal.writing import transaction

PASSWORD = "sakura-ginga-42"
OTHER_NODE = """
import django; django.setup()
from django.test import Client
client = Client()
answer = client.post("/account/login/", {"login": "inoue", "password": "%s"})
print("in" if answer.status_code == 302 else "out")
"""


@pytest.fixture(autouse=True)
def inoue(database: str) -> None:
    with transaction():
        User.objects.create_user("inoue", password=PASSWORD)
        User.objects.create_user("kato", password=PASSWORD)


def signs_in(name: str, password: str, address: str) -> bool:
    answer = Client(REMOTE_ADDR=address).post("/account/login/", {"login": name, "password": password})
    return answer.status_code == 302


def on_another_node() -> str:
    """What a process of its own says, which has the same database and no memory of this one."""
    chosen = connection.settings_dict
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "kanmon.settings"}
    if connection.vendor == "postgresql":
        url = (
            f"postgresql:///{chosen['NAME']}?host={chosen['HOST']}&port={chosen['PORT'] or 5432}&user={chosen['USER']}"
        )
        environment |= {"KANMON_DATABASE_URL": url, "PGPASSWORD": str(chosen["PASSWORD"])}
    else:
        home = Path(str(chosen["NAME"])).parent / "restarted"
        home.mkdir(exist_ok=True)
        if not (home / "kanmon.sqlite3").exists():
            (home / "kanmon.sqlite3").symlink_to(str(chosen["NAME"]))
        environment |= {"KANMON_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", OTHER_NODE % PASSWORD], env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_five_wrong_passwords_close_the_account_on_all_nodes_and_no_other_account() -> None:
    assert on_another_node() == "in"
    for number in range(5):  # from five places, so that it is the name that is counted
        assert not signs_in("inoue", "wrong", f"192.0.2.{number}")
    assert not signs_in("inoue", PASSWORD, "192.0.2.9"), "the right password comes too late"
    assert on_another_node() == "out"
    assert signs_in("kato", PASSWORD, "192.0.2.9")


def test_it_is_over_by_itself() -> None:
    for number in range(5):
        signs_in("inoue", "wrong", f"192.0.2.{number}")
    assert not signs_in("inoue", PASSWORD, "192.0.2.9")
    with transaction():
        Kept.objects.update(expires=clock.now())
    assert signs_in("inoue", PASSWORD, "192.0.2.9")


def test_of_many_who_add_the_same_at_once_one_is_told_so() -> None:
    begin, told = threading.Barrier(4), []

    def add() -> None:
        begin.wait()
        told.append(cache.add("code", "y", 30))
        connections["default"].close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == [False, False, False, True]


def test_what_is_kept_is_json_and_goes_when_it_is_over() -> None:
    cache.set("list", [1.5, 2.5], 30)
    assert cache.get("list") == [1.5, 2.5]
    assert Kept.objects.get().value == "[1.5, 2.5]"
    cache.set("over", 1, 0)
    assert cache.get("over", "none") == "none"
    assert cache.add("over", 2, 30), "what is over is not there"
    assert (cache.get("over"), cache.delete("over"), cache.delete("over")) == (2, True, False)
    with pytest.raises(TypeError):
        cache.set("object", object())
