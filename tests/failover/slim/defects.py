"""Defects that are planted in the slim process, to see that the checker catches each of them."""

DEFECTS = {}


def plant(name: str) -> None:
    """Make the product wrong by one of ``DEFECTS``; an empty name plants nothing."""
    if name:
        DEFECTS[name]()
