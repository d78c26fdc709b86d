"""Takes alerts out of the outbox and sends each to each channel, at least once.

An attempt is written down before it is made. Whoever finds one that was begun and not finished (the worker was killed,
or the channel gave no clear answer) sends again, and the message says that it may be a repeat.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from web.chat.writing import writing
from web.handoff import channels
from web.handoff.alert_words import title_and_body
from web.handoff.models import Alert, Delivery

logger = logging.getLogger(__name__)

#: Seconds before the second attempt; each further one waits twice as long, up to an hour.
FIRST_PAUSE = 15
LONGEST_PAUSE = 3600
#: Alerts that were raised while no channel was set are sent once there is one, unless they are older than this.
STALE = timedelta(days=7)


def deliver_due() -> int:
    """Sends all that is due; gives how many deliveries were attempted.

    Raises:
        DatabaseError: the outbox cannot be read or written.
    """
    known = channels.channels()
    if known:
        _spread(list(known))
    attempted = 0
    while delivery := _take(list(known)):
        _attempt(delivery, known[delivery.channel])
        attempted += 1
    return attempted


@writing()
def _spread(names: list[str]) -> None:
    """Gives each new alert a delivery to each channel."""
    now = timezone.now()
    new = list(Alert.objects.select_for_update().filter(spread_at=None, raised_at__gte=now - STALE))
    Delivery.objects.bulk_create(
        [Delivery(alert=alert, channel=name, next_at=now) for alert in reversed(new) for name in names],
        ignore_conflicts=True,
    )
    Alert.objects.filter(pk__in=[alert.pk for alert in new]).update(spread_at=now)


@writing()
def _take(names: list[str]) -> Delivery | None:
    """The delivery that is due first, with its lease taken and the attempt written down; None when none is due.

    A channel that is not set any more keeps its deliveries waiting.
    """
    now = timezone.now()
    due = Delivery.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), sent_at=None, next_at__lte=now)
    delivery = due.select_for_update().filter(channel__in=names).order_by("next_at", "pk").first()
    if delivery is None:
        return None
    delivery.attempts += 1
    delivery.lease_until = now + timedelta(seconds=settings.ALERT_LEASE_SECONDS)
    delivery.save(update_fields=["attempts", "lease_until"])
    return delivery


def _attempt(delivery: Delivery, address: str) -> None:
    """Sends one alert to one channel and writes down what came of it."""
    alert = Alert.objects.get(pk=delivery.alert_id)
    title, body = title_and_body(alert, repeat=delivery.attempts > 1)
    failure = ""
    try:
        channels.send(address, title, body)
    except channels.ChannelFailure as error:
        failure = str(error)
    except Exception as error:  # noqa: BLE001 (a fault in one channel's code holds up no other)
        failure = f"The channel failed ({type(error).__name__})."
    if failure:
        logger.error("an alert was not delivered", extra={"channel": delivery.channel, "attempts": delivery.attempts})
    _note(delivery, failure, timezone.now())


@writing()
def _note(delivery: Delivery, failure: str, now: datetime) -> None:
    """Writes down that a delivery is done, or when to try again."""
    row = Delivery.objects.filter(pk=delivery.pk)
    if failure:
        pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 16), LONGEST_PAUSE)
        row.update(failure=failure, lease_until=None, next_at=now + timedelta(seconds=pause))
    else:
        row.update(sent_at=now, lease_until=None)
