"""What texts to people and programs share: rows about PCs, links, words of levels, and the mark of this installation."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from pyroaring import BitMap

from kanmon.common import config, zone
from kanmon.inventory.models import Pc
from kanmon.judgment import why
from kanmon.judgment.levels import ITEMS, Level
from kanmon.judgment.models import PcState

WORDS = {
    "en": {
        Level.DANGER: "Danger", Level.WARNING: "Warning", Level.CAUTION: "Caution", Level.SAFE: "Safe",
        Level.UNKNOWN: "Unknown", Level.NOT_APPLICABLE: "Not applicable", Level.NOT_JUDGED: "Not judged",
    },
    "ja": {
        Level.DANGER: "危険", Level.WARNING: "警告", Level.CAUTION: "注意", Level.SAFE: "安全", Level.UNKNOWN: "不明",
        Level.NOT_APPLICABLE: "対象外", Level.NOT_JUDGED: "未判定",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A PC in the table. ``days``: of the calendar since the day on which it came to its level; ``judgments``: in a row
    with this level, 0 when it is not known. ``items``: their levels, by name.
    """

    pc: int
    asset_number: str
    host: str
    user: str
    level: str
    why: str
    link: str
    since: datetime | None = None
    days: int = 0
    judgments: int = 0
    items: dict[str, Level] = field(default_factory=dict)

    @property
    def grade(self) -> Level:
        """Its level."""
        return Level[self.level.upper()]

    @property
    def worst_items(self) -> list[str]:
        """The items that are at the level of the PC: what it has it from."""
        return [item for item, level in self.items.items() if level == self.grade]


@cache
def installation() -> str:
    """A mark of this installation, for Message-IDs: the same for ever, and no secret."""
    path = config.home() / "secrets" / "signing-key"
    return hashlib.sha256(b"installation" + path.read_bytes()).hexdigest()[:12]


def message_id(operation: int) -> str:
    """The Message-ID of a mail: the same however often it is sent."""
    domain = str(config.get("mail.sender")).rpartition("@")[2] or "localhost"
    return f"<kanmon.{installation()}.{operation}@{domain}>"


def rows_about(pcs: BitMap, language: str, most: int) -> Iterator[Row]:
    """A row about each of ``pcs``, of ``most`` at most, in the order of host names."""
    listed = list(pcs[:most])
    states = PcState.objects.in_bulk(listed)
    reasons = why.worst_texts([s.finding_set for s in states.values() if s.finding_set], language)
    base, today = base_url(), zone.today()
    for pc in Pc.objects.filter(id__in=listed).order_by("host", "id").iterator(chunk_size=2000):
        state = states.get(pc.id)
        level = Level(state.level) if state else Level.NOT_JUDGED
        text = reasons.get(state.finding_set, "") if state else ""
        row = Row(pc.id, pc.asset_number, pc.host, pc.user, level.word, text, f"{base}/pcs/{pc.id}")
        yield _with_past(row, state, today) if state else row


def _with_past(row: Row, state: PcState, today: date) -> Row:
    days = max(0, (today - zone.day_of(state.since_at)).days) if state.since_at else 0
    items = {item: Level(getattr(state, item)) for item in ITEMS}
    return Row(
        row.pc, row.asset_number, row.host, row.user, row.level, row.why, row.link, state.since_at, days,
        int(getattr(state, "same_level_runs", 0)), items,
    )  # fmt: skip


def base_url() -> str:
    """Where people reach the console."""
    url = str(config.get("server.public_url")).rstrip("/")
    if url:
        return url
    scheme = "https" if config.get("server.certificate") else "http"
    return f"{scheme}://{config.get('server.listen')}"


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: host names come from PCs that may be hostile."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
