"""Two people have edited the same version: one has saved, the other's draft is brought onto what was saved. Pure."""

from kanmon.console.policy_form.kept import Given


def merge(base: Given, theirs: Given, mine: Given) -> tuple[Given, list[str]]:
    """``theirs`` with all parts in which ``mine`` differs from ``base``, and the parts that both have changed."""
    names = list(dict.fromkeys((*theirs, *mine, *base)))
    changed = [name for name in names if mine.get(name) != base.get(name)]
    both = [name for name in changed if theirs.get(name) not in (base.get(name), mine.get(name))]
    merged = {name: mine.get(name) if name in changed else theirs.get(name) for name in names}
    return {name: value for name, value in merged.items() if value is not None}, both
