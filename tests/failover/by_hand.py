"""What the manual of the original system asks of an administrator after a failover, done by a program.

"Search the Manager log for a service-start message between the start and the end message of each judgment, action and
operation in a window." Who does that comes to the operations that were running when the service was lost.
"""

import re

LINE = re.compile(r"^\S+ \S+ (KNM\d{4}-[EWI]) (\S+) (.*?) #(?:\d+\.)?(\d+)$")
NUMBER = re.compile(r"\b[Oo]peration (\d+)")
SERVICE_START = "KNM0001-I"
TRIED_AGAIN = "KNM4005-W"  # the end of an attempt that has failed and was over, in words of its own


def interrupted(log: str) -> set[int]:
    """Operations with a start, and no end between it and the newest service start after it."""
    open_at: dict[int, bool] = {}
    running: set[int] = set()
    for text in log.splitlines():
        found = LINE.match(text)
        assert found, f"not a line of the Manager log: {text!r}"
        if found[1] == SERVICE_START:
            running = {number for number, is_open in open_at.items() if is_open}
        number = NUMBER.search(found[3])
        if number and re.search(r"\bstarted: ", found[3]):
            open_at[int(number[1])] = True
        elif number and (re.search(r"\bended: ", found[3]) or found[1] == TRIED_AGAIN):
            open_at[int(number[1])] = False
    return running
