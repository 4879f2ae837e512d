"""Messages that nobody has seen in time expire, and those that ended long ago are removed; a bounded number at a time."""

from datetime import timedelta

from django.db.models import Q

from kanmon.action.models import MessageClient, UserMessage
from kanmon.common import clock, config
from kanmon.intake.models import Device
from kanmon.journal.writing import transaction
from kanmon.message.exchange import OPEN

MOST = 10_000


def duty(term: int) -> None:
    """One turn."""
    now = clock.now()
    over = UserMessage.objects.filter(state__in=OPEN, expires_at__lte=now)
    if ids := list(over.order_by("expires_at").values_list("id", flat=True)[:MOST]):
        with transaction(term):
            over.filter(id__in=ids).update(state=UserMessage.EXPIRED, expired_at=now)
    old = now - timedelta(days=int(config.get("message.keep_days")))
    ended = UserMessage.objects.filter(Q(shown_at__lt=old) | Q(expired_at__lt=old))
    if ids := list(ended.order_by("id").values_list("id", flat=True)[:MOST]):
        with transaction(term):
            UserMessage.objects.filter(id__in=ids).delete()
    gone = MessageClient.objects.exclude(device__in=Device.objects.values("id"))
    if ids := list(gone.values_list("id", flat=True)[:MOST]):
        with transaction(term):
            MessageClient.objects.filter(id__in=ids).delete()
