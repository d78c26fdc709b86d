"""Forgets a conversation: takes its state out of Rasa's tracker store, wherever that keeps it."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker


class NotForgottenError(Exception):
    """The tracker store still has something of the conversation."""


async def forget(agent: Any, sender_id: str) -> None:
    """Deletes a conversation's state, after the turn that is running and before the next one.

    Rasa 3.6's tracker stores cannot delete. Ours can (nlu.state), and so can one that is a dictionary; in any other an
    empty conversation takes the place of this one, and is read again to see that it did.

    Args:
        agent: Rasa's.
        sender_id: id of the conversation. It is no error when there is none.

    Raises:
        NotForgottenError: something is still there.
        LockError: the turn that is running takes too long.
    """
    async with agent.lock_store.lock(sender_id):
        for store in _stores(agent.tracker_store):
            await _forget_in(store, sender_id)


def _stores(outer: Any) -> list[Any]:
    """The stores behind Rasa's wrappers, the one it falls back to among them."""
    found, waiting = [], [outer]
    while waiting:
        store = waiting.pop()
        inner = [getattr(store, name, None) for name in ("_tracker_store", "_fallback_tracker_store")]
        if any(part is not None for part in inner):
            waiting += [part for part in inner if part is not None]
        else:
            found.append(store)
    return found


async def _forget_in(store: Any, sender_id: str) -> None:
    if hasattr(store, "delete"):
        await store.delete(sender_id)
    elif isinstance(getattr(store, "store", None), dict):
        store.store.pop(sender_id, None)
    else:
        await store.save(DialogueStateTracker(sender_id, store.domain.slots))
    left = await store.retrieve(sender_id)
    if left is not None and len(left.events):
        raise NotForgottenError(type(store).__name__)
