"""Health checks of stages that the cluster does not know, put in its list when the faces are loaded."""

from collections.abc import Callable, Iterator

from kanmon.backup.health import health as backups
from kanmon.cluster.found import Found
from kanmon.cluster.health import CHECKS, Check


def _of_backups(id: str) -> Callable[[], Iterator[Found]]:
    def look() -> Iterator[Found]:
        for found, params in backups():
            if found == id:
                yield Found(params)

    return look


CHECKS += [Check(id, _of_backups(id)) for id in ("KNM4232-W", "KNM4243-W")]
