"""Many conversations at once while parts are killed: is a message lost, answered twice, or out of order?

A visitor here does what the widget does: a message that was not answered is sent again, with the same id, until it is;
then the next one is written. At the end the log is asked what it holds.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from safety.replies import CLINIC

#: Questions whose answer is known: (question, words of the answer).
QUESTIONS = (
    ("how long does an infusion take?", "45 minutes"),
    ("what does it cost?", "does not say what treatment costs"),
    ("am i a candidate?", CLINIC["clinic_phone"]),
    ("does it help with ptsd?", "PTSD"),
    ("what is ketamine?", "anesthetic"),
    ("i want to end my life", CLINIC["lifeline"]),
)
#: Seconds between two tries, and between an answer and the next message.
AGAIN, THINKING = 0.5, (1.0, 6.0)
TRIES = 60


@dataclass
class Seen:
    """What the visitors saw.

    Attributes:
        sent: messages written.
        tries: requests that were not answered and were sent again.
        right: answers that say what they should.
        by_door: answers of the door itself: that the assistant cannot answer right now.
        wrong: other answers.
        findings: what must not be: lost, doubled, out of order, or other than what was shown.
    """

    sent: int = 0
    tries: int = 0
    right: int = 0
    by_door: int = 0
    wrong: int = 0
    findings: Counter[str] = field(default_factory=Counter)


async def talk(client: httpx.AsyncClient, number: int, messages: int, seen: Seen) -> None:
    """One conversation, and what the log says of it afterwards."""
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, THINKING[1]))
    token = (await _until_answered(client.post, "/chat/sessions", seen, {}, {}))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    shown: list[tuple[str, str, list[str]]] = []
    for _ in range(messages):
        question, words = chance.choice(QUESTIONS)
        body = {"id": str(uuid.uuid4()), "text": question}
        seen.sent += 1
        replies = (await _until_answered(client.post, "/chat/messages", seen, headers, body))["replies"]
        shown.append((body["id"], question, [reply["id"] for reply in replies]))
        text = " ".join(reply["text"] for reply in replies)
        if any(reply["kind"] == "unavailable" for reply in replies):
            seen.by_door += 1
        else:
            seen.right += words in text
            seen.wrong += words not in text
        await asyncio.sleep(chance.uniform(*THINKING))
    history = await _until_answered(client.get, "/chat/messages", seen, headers, None)
    _compare(shown, [turn for turn in history["messages"] if turn["id"] is not None], seen.findings)


async def _until_answered(
    method: Callable[..., Any], address: str, seen: Seen, headers: dict[str, str], body: Any
) -> dict[str, Any]:
    """The answer to a request that is sent again while there is none."""
    for _ in range(TRIES):
        try:
            answer = await (
                method(address, headers=headers, json=body) if body is not None else method(address, headers=headers)
            )
            if answer.status_code in (200, 201):
                found: dict[str, Any] = answer.json()
                return found
        except httpx.HTTPError:
            pass
        seen.tries += 1
        await asyncio.sleep(AGAIN)
    seen.findings["never answered"] += 1
    raise RuntimeError(f"{address} was never answered")


def _compare(shown: list[tuple[str, str, list[str]]], stored: list[dict[str, Any]], findings: Counter[str]) -> None:
    """Counts what the log has otherwise than the visitor saw it."""
    ids = [turn["id"] for turn in stored]
    findings["lost"] += sum(client_id not in ids for client_id, _, _ in shown)
    findings["doubled"] += len(ids) - len(set(ids))
    findings["out of order"] += ids != [client_id for client_id, _, _ in shown]
    by_id = {turn["id"]: turn for turn in stored}
    for client_id, question, replies in shown:
        turn = by_id.get(client_id)
        if turn is not None:
            findings["without an answer"] += not turn["replies"]
            findings["other words"] += turn["text"] != question
            findings["other replies"] += [reply["id"] for reply in turn["replies"]] != replies


async def visit(url: str, conversations: int, messages: int, outages: Callable[[], Any]) -> Seen:
    """Plays conversations at once while ``outages`` runs.

    Args:
        url: of the door.
        conversations: at once.
        messages: of each.
        outages: awaited beside them; kills and starts parts.
    """
    seen = Seen()
    limits = httpx.Limits(max_connections=conversations, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits, trust_env=False) as client:
        talks = [talk(client, number, messages, seen) for number in range(conversations)]
        results = await asyncio.gather(outages(), *talks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            seen.findings[f"failed: {type(result).__name__}"] += 1
    return seen
