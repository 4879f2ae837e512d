"""Two real nodes on one PostgreSQL, behind one address: pages and changes on a standby, and over a take-over."""

import re
from collections.abc import Iterator

import driving
import psycopg
import pytest
from address import Address
from driving import PASSWORD, PERSON
from playwright.sync_api import Browser, Page, expect

from tests.cluster.nodes import Cluster, NodeProcess, cluster
from tests.conftest import until
from tests.stories.test_two_nodes_serve_and_one_works import both_up, join

WAIT_MS = 60_000
IN_DOUBT = """
INSERT INTO operation (shard, kind, subject, requester, actor, state, due_at, attempt, max_attempts, input, progress,
                       repeat, begun_at)
VALUES (0, 'command', 'danger, 3 PCs', 'inventory', '', 'in_doubt', now(), 1, 5, '', '{}', 'ask', now()) RETURNING id
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Cluster]:
    """Both run, and a person may do everything."""
    with cluster(tmp_path_factory.mktemp("nodes")) as made:
        first = made.node("nA", cluster={"lease_seconds": 2.0}).start()
        link = until(lambda: re.search(r"/welcome/\S+", first.output.read_text("utf-8")), 60)
        with driving.context(chromium, first.url) as window:
            driving.sign_up(window.new_page(), link[0], PERSON, PASSWORD)
        token = first.run("cluster", "invite").stdout.strip()
        second = NodeProcess(made.folder / "nB", name="nB")
        join(second, first, token)
        written = (second.home / "kanmon.toml").read_text()
        (second.home / "kanmon.toml").write_text(written.replace("# lease_seconds = 5.0", "lease_seconds = 2.0"))
        made.nodes.append(second.start())
        yield made


@pytest.fixture
def address() -> Iterator[Address]:
    """Leads nowhere yet."""
    made = Address(9)
    yield made
    made.close()


def in_doubt(two: Cluster) -> int:
    """A new operation in doubt, as a node that was lost would leave it."""
    with psycopg.connect(two.url, autocommit=True) as connection:
        found = connection.execute(IN_DOUBT).fetchone()
        assert found is not None
        return int(found[0])


def ask_to_close(page: Page, number: int) -> None:
    page.goto(f"/operations/{number}")
    page.get_by_role("button", name="Close", exact=True).first.click()
    page.fill("[popover]:popover-open input[name=because]", "seen")


def closings(two: Cluster, number: int) -> int:
    return int(two.rows(f"SELECT COUNT(*) FROM entry WHERE event = 'closed' AND operation = {number}")[0][0])


def test_pages_and_changes_work_on_a_standby(two: Cluster, address: Address, chromium: Browser) -> None:
    active, standby = both_up(two)
    address.move(standby.port)
    number = in_doubt(two)
    with driving.context(chromium, address.url) as window:
        page = window.new_page()
        said = driving.complaints(page)
        driving.sign_in(page, PERSON, PASSWORD)
        expect(page.locator("#k-node")).to_contain_text(f"{standby.name} standby")
        expect(page.locator("#k-node")).to_have_attribute("title", f"{active.name} is active")
        for name in ("overview", "pcs", "policies", "operations", "failovers"):
            page.goto(driving.PAGES[name])
            expect(page.locator("h1")).to_be_visible()
        page.goto("/operations")
        nodes = page.locator("section[aria-labelledby=nodes]")
        expect(nodes.locator("tr", has_text=active.name)).to_contain_text("Active")
        expect(nodes.locator("tr", has_text=standby.name)).to_contain_text("Standby")
        ask_to_close(page, number)
        page.locator("[popover]:popover-open button:not([type=button])").click()
        expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text(f"Operation {number} is closed")
        assert said == []
    assert closings(two, number) == 1


def test_the_page_goes_on_with_the_node_that_took_over(two: Cluster, address: Address, chromium: Browser) -> None:
    active, standby = both_up(two)
    address.move(active.port)
    number = in_doubt(two)
    with driving.context(chromium, address.url) as window:
        page = window.new_page()
        driving.sign_in(page, PERSON, PASSWORD)
        ask_to_close(page, number)
        active.kill()
        page.locator("[popover]:popover-open button:not([type=button])").click()
        expect(page.locator("#k-lost")).to_be_visible(timeout=WAIT_MS)
        address.move(standby.port)
        expect(page.locator("#k-not-done")).to_contain_text(f"Back, now on {standby.name}.", timeout=WAIT_MS)
        page.locator("#k-not-done button").click()
        expect(page.locator(".k-notice-safe[role=status]").last).to_contain_text(f"Operation {number} is closed")
        until(lambda: two.active() == standby.name)
        page.goto("/")
        expect(page.locator("#k-node")).to_contain_text(f"{standby.name} active")
        expect(page.locator("#k-failover")).to_be_visible()
        page.click("#k-failover a")
        expect(page.locator(".k-strip")).to_contain_text(active.name)
        expect(page.locator(".k-strip")).to_contain_text(standby.name)
    assert closings(two, number) == 1
