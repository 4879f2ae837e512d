"""Network namespaces: a node in one of its own, joined to the database by a pair of interfaces that can be cut."""

import itertools
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_numbers = itertools.count()


def _ip(*words: str, prefix: Sequence[str] = ()) -> None:
    done = subprocess.run([*prefix, "ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join([*prefix, 'ip', *words])}: {done.stderr}"


class Link:
    """A namespace and the two ends of its cable. ``outside`` is this side's address, where the database listens."""

    def __init__(self) -> None:
        number = (os.getpid() * 8 + next(_numbers)) % 16000
        self.name = f"kanmon{number}"
        self.end, self.other = f"km{number}o", f"km{number}i"
        high, low = divmod(number * 4, 256)
        self.outside, self.inside = (
            f"10.{87 + high // 256}.{high % 256}.{low + 1}",
            f"10.{87 + high // 256}.{high % 256}.{low + 2}",
        )
        self.prefix = ["nsenter", f"--net=/run/netns/{self.name}"]  # "ip netns exec" works in no chroot

    def make(self) -> None:
        _ip("netns", "add", self.name)
        _ip("link", "add", self.end, "type", "veth", "peer", "name", self.other, "netns", self.name)
        _ip("address", "add", f"{self.outside}/30", "dev", self.end)
        _ip("link", "set", self.end, "up")
        _ip("address", "add", f"{self.inside}/30", "dev", self.other, prefix=self.prefix)
        _ip("link", "set", self.other, "up", prefix=self.prefix)
        _ip("link", "set", "lo", "up", prefix=self.prefix)

    def cut(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        _ip("link", "set", self.other, "down", prefix=self.prefix)

    def mend(self) -> None:
        _ip("link", "set", self.other, "up", prefix=self.prefix)

    def remove(self) -> None:
        _ip("netns", "delete", self.name)


@contextmanager
def links(count: int) -> Iterator[list[Link]]:
    """So many namespaces."""
    made: list[Link] = []
    try:
        for _ in range(count):
            link = Link()
            link.make()
            made.append(link)
        yield made
    finally:
        for link in made:
            link.remove()
