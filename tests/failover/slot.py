"""What stories need that takes long to make, made once: a template of a file, and a PostgreSQL server.

A slot tells one story at a time; several slots tell stories side by side.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.failover.databases import Postgresql, Sqlite
from tests.failover.disk import small_disk
from tests.failover.network import links
from tests.failover.world import World

SMALL_HOME_MB, SMALL_SERVER_MB = 8, 120


class Slot:
    """See the module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        self.tools = folder / "tools"  # what the compiler makes
        self.tools.mkdir()
        self._stack = ExitStack()
        self._made: dict[str, Sqlite | Postgresql] = {}
        self._count = 0

    def database(self, name: str) -> Sqlite | Postgresql:
        """The maker of databases."""
        if name not in self._made:
            if name == "sqlite":
                self._made[name] = Sqlite(self.folder / "sqlite")
            else:
                self._made[name] = self._stack.enter_context(Postgresql(self.folder / "postgresql"))
        return self._made[name]

    def close(self) -> None:
        """End the server."""
        self._stack.close()

    @contextmanager
    def world(
        self, seed: str, database: str, *, nodes: int = 1, cables: bool = False, disk: bool = False, **environment: str
    ) -> Iterator[World]:
        """A world whose nodes have not been started. ``cables``: each node reaches the database by one that can be cut.
        ``disk``: the database is on a disk that can be filled.
        """
        self._count += 1
        folder = self.folder / f"story{self._count}"
        with ExitStack() as stack:
            if not os.environ.get("KANMON_KEEP"):
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
            maker = self.database(database)
            homes = [folder / f"home{number}" for number in range(nodes)]
            small = None
            if disk and database == "sqlite":
                small = stack.enter_context(small_disk(homes[0], SMALL_HOME_MB))
            elif disk:
                small = stack.enter_context(small_disk(folder / "disk", SMALL_SERVER_MB))
                maker = stack.enter_context(Postgresql(folder / "disk" / "postgresql"))
            story = stack.enter_context(maker.fresh(homes[0], f"story{self._count}"))
            world = World(folder, seed, story, environment, disk=small, tools=self.tools)
            if cables:
                world.cables = stack.enter_context(links(nodes))
                maker.listen([cable.outside for cable in world.cables])
            stack.callback(world.close)
            for number, home in enumerate(homes):
                if cables:
                    cable = world.cables[number]
                    world.add_node(home, cable.prefix, story.server.url(story.name, cable.outside))
                else:
                    world.add_node(home)
            yield world
