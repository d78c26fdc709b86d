"""What Rasa remembers of a conversation, and for how long: the last turns, and of the turns before what is still read.

Rasa replays a conversation's events several times in each turn, so that a long one grows slow
(docs/decisions/conversation-state.md). Here a conversation is cut short after each turn: the last turns stay as events;
of all of them stay the slots, the topics that were told and whether a benefit was. That stands at the beginning, in the
form that Rasa itself gives a new session that carries slots over. The conversation as it was written is in the door's
log, not here.
"""

from __future__ import annotations

import json
import logging
import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    AllSlotsReset,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT

from nlu.classifier import QUESTIONS
from nlu.context import EARLIER, earlier
from nlu.state_places import Place, PlaceError, place

logger = logging.getLogger(__name__)

#: Messages of the visitor that stay as they are: as many as a new one may lean on (nlu.context), and policies look at.
TURNS = 6
#: Hours after the last message when a conversation's state is forgotten; CHAT_STATE_HOURS.
HOURS = 24.0
#: Conversations whose events are kept as objects, so that the next message need not read them anew.
RECENT = 512


class ConversationStore(TrackerStore):
    """Rasa's tracker store. Named in endpoints.yml, which may set ``turns``.

    States are kept in a file, or in Redis where REDIS_URL is set. Where that place fails, the conversation goes on with
    what this process remembers, or from the beginning: an answer matters more than what was said before, and care mode
    comes from the door with each message.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        event_broker: Optional[EventBroker] = None,
        host: Optional[str] = None,
        turns: int = TURNS,
        **kwargs: Any,
    ) -> None:
        """Opens the place where states are kept.

        Args:
            domain: the assistant's, for its slots.
            event_broker: none; what was said is published by the door's log, not by its shortened form here.
            host: not used (Rasa hands it over).
            turns: messages of the visitor that stay.
            kwargs: none.

        Raises:
            ValueError: an event broker or an unknown setting is given, or CHAT_STATE_HOURS is no number above 0.
        """
        if event_broker is not None or kwargs:
            raise ValueError(f"nlu.state.ConversationStore takes no event broker and none of: {', '.join(kwargs)}")
        super().__init__(domain)
        self._turns = turns
        self._place: Place = place(_seconds())
        self._recent: OrderedDict[str, tuple[bytes, list[Event]]] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps a conversation, cut short."""
        events = shortened(tracker.events, self._turns)
        state = json.dumps([event.as_dict() for event in events], separators=(",", ":")).encode()
        self._remember(tracker.sender_id, state, events)
        try:
            await self._place.put(tracker.sender_id, state)
        except PlaceError as error:
            logger.error(f"A conversation's state could not be stored: {error}")

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation as it was kept, or None where there is none (any more)."""
        known = self._recent.get(sender_id)
        try:
            state = await self._place.get(sender_id)
        except PlaceError as error:
            logger.error(f"A conversation's state could not be read: {error}")
            state = known[0] if known else None
        if state is None:
            self._recent.pop(sender_id, None)
            return None
        events = known[1] if known and known[0] == state else deserialise_events(json.loads(state))
        self._remember(sender_id, state, events)
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def delete(self, sender_id: str) -> None:
        """Forgets a conversation. It is no error when there is none.

        Raises:
            PlaceError: the place where states are kept does not answer.
        """
        self._recent.pop(sender_id, None)
        await self._place.delete(sender_id)

    async def keys(self) -> Iterable[str]:
        """Ids of the conversations."""
        return await self._place.keys()

    def _remember(self, sender_id: str, state: bytes, events: list[Event]) -> None:
        self._recent[sender_id] = (state, events)
        self._recent.move_to_end(sender_id)
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)


def shortened(events: Sequence[Event], turns: int) -> list[Event]:
    """A conversation's events cut short.

    Args:
        events: all of them, or what this function made of them and the events since.
        turns: messages of the visitor that stay.

    Returns:
        the beginning of a session, with the slots as they were where the cut is and, in its metadata, what is still
        read of all turns; then the last turns, without what nobody reads any more.
    """
    messages = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    cut = messages[-turns] if len(messages) >= turns else next(iter(messages), len(events))
    slots: dict[str, Any] = {}
    for event in list(events)[:cut]:
        if isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, AllSlotsReset):
            slots.clear()
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(metadata={EARLIER: earlier(events, QUESTIONS)}),
        *(SlotSet(key, value) for key, value in slots.items()),
        ActionExecuted(ACTION_LISTEN_NAME),
        *(_lighter(event) for event in list(events)[cut:] if not isinstance(event, BotUttered)),
    ]


def _lighter(event: Event) -> Event:
    """An event without what nobody reads once its turn is over."""
    if not isinstance(event, UserUttered):
        return event
    parsed: Any = {key: event.parse_data[key] for key in (TEXT, INTENT, ENTITIES, QUESTIONS) if key in event.parse_data}
    return UserUttered(
        event.text,
        event.intent,
        event.entities,
        parsed,
        timestamp=event.timestamp,
        input_channel=event.input_channel,
        use_text_for_featurization=event.use_text_for_featurization,
    )


def _seconds() -> float:
    """Seconds that a state is kept."""
    given = os.environ.get("CHAT_STATE_HOURS") or HOURS
    try:
        hours = float(given)
    except ValueError:
        hours = 0.0
    if not hours > 0:
        raise ValueError(f"CHAT_STATE_HOURS has to be a number of hours above 0, not '{given}'.")
    return hours * 3600
