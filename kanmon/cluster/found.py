"""What a health check found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """``params`` fill the sentence of the check; ``since``: when it began, as far as that can be told."""

    params: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
