"""Share of the held-out single questions whose intent a model names right, as a line of JSON.

``python -m benchmarks.load.intents MODEL [EVERY]`` reads every n-th sentence.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys

from benchmarks.understanding import held_out, interval


async def share_right(model: str, every: int) -> dict[str, float]:
    """Share right, with its 95 % interval and the number of sentences."""
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.INFO)
    agent = Agent.load(model)
    right = []
    for text, intent, _ in held_out()[::every]:
        parsed = await agent.parse_message(text)
        right.append(parsed["intent"]["name"] == intent)
    share, low, high, count = interval(right)
    return {"share": round(share, 4), "low": round(low, 4), "high": round(high, 4), "sentences": count}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(share_right(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1))))
