"""Groups, for the filters of pages."""

from collections.abc import Collection

from kanmon.inventory.models import Group

GROUPS_SHOWN = 500


def groups(only: Collection[int] | None = None) -> list[str]:
    """Paths of the groups without the root; ``only``: of these ids, None: all."""
    found = Group.objects.all() if only is None else Group.objects.filter(id__in=only)
    return list(found.exclude(path="/").order_by("path").values_list("path", flat=True)[:GROUPS_SHOWN])
