"""How often one address, and all together, may ask for the page: buckets that fill with time. In memory, of this node."""

from collections import OrderedDict

MOST_ADDRESSES = 20_000


class Bucket:
    """Holds ``most`` tokens, and gets ``per_second`` new ones."""

    __slots__ = ("at", "tokens")

    def __init__(self, most: float, at: float) -> None:
        self.tokens, self.at = most, at

    def take(self, most: float, per_second: float, now: float) -> bool:
        """Take one, if there is one."""
        self.tokens = min(most, self.tokens + (now - self.at) * per_second)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Limits:
    """``each``, ``all``: (at once, per second). The addresses that asked longest ago are forgotten first."""

    def __init__(self, each: tuple[float, float] = (40, 1), all: tuple[float, float] = (400, 100)) -> None:
        self.each, self.all = each, all
        self._of: OrderedDict[str, Bucket] = OrderedDict()
        self._total = Bucket(all[0], 0.0)

    def allow(self, address: str, now: float) -> bool:
        """Whether ``address`` may ask now (``now``: monotonic seconds). Who asks too often takes nothing from others."""
        bucket = self._of.pop(address, None) or Bucket(self.each[0], now)
        self._of[address] = bucket
        if len(self._of) > MOST_ADDRESSES:
            self._of.popitem(last=False)
        return bucket.take(*self.each, now) and self._total.take(*self.all, now)
