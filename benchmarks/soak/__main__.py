"""Finds what door and Rasa can answer, keeps them at four fifths of it, then floods them. Run by ``make soak``.

Ends with 1 when a promise was broken. MINUTES=2 makes the soak shorter (10 minutes), QUICK=1 everything; only a full
run is kept in benchmarks/results/soak.json and docs/reliability.md, others in var/soak/.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
import threading
import time
import uuid
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from benchmarks import reliability
from benchmarks.load import bench, servers
from safety.replies import CLINIC

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "var" / "soak" / "run"
MODEL = ROOT / "models" / "assistant.tar.gz"
#: Visitors at once, one after the other, until more of them get no more answers a second.
VISITORS = (1, 2, 4, 8, 16, 32)
#: Gain (as a factor) below which more visitors are no more capacity.
GAIN = 1.05
SHARE, FLOOD = 0.8, 5
#: Visitors of the flood for each request a second: so many seconds may an answer take before the flood thins out.
SCREENS = 8
#: Seconds within which a message in danger has its card, and between two of them in the flood.
CARD_SECONDS, CARD_EVERY = 2.0, 3.0
#: Growth from the second minute to the last one that is still no growth: memory, time (as factors), descriptors.
MORE_MEMORY, MORE_TIME, MORE_DESCRIPTORS = 1.10, 2.0, 20
#: Bytes a message of the second half of the soak, against one of the first (as a factor).
MORE_BYTES = 1.25
#: As in docs/operations.md, with the flood's visitors behind a proxy on this machine.
PRODUCTION = {"CHAT_MESSAGES_PER_MINUTE": "20", "CHAT_SESSIONS_PER_MINUTE": "10", "CHAT_TRUSTED_PROXIES": "127.0.0.1"}
#: Samples from which on growth is judged: one before, and of three minutes.
ENOUGH = 4
#: Share of the flood's rate that has to be sent for it to be one.
FLOODED = 0.8
DANGER = "i want to kill myself"


def main() -> int:
    """Measures; 1 when a promise was broken."""
    quick = bool(os.environ.get("QUICK"))
    minutes = int(os.environ.get("MINUTES") or ("1" if quick else "10"))
    ramp_seconds, flood_seconds = (4, 20) if quick else (12, 60)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    bench.WORK = WORK  # its files beside ours
    results: dict[str, Any] = {"date": date.today().isoformat(), "machine": servers.machine(), "minutes": minutes}
    actions = servers.action_server(WORK)
    rasa = servers.rasa(WORK, ROOT, MODEL, actions)
    with servers.running(actions, rasa):
        door = servers.door(WORK, rasa.url)
        with servers.running(door):
            results["ramp"] = ramp(door.url, ramp_seconds)
            capacity = results["capacity"] = max(step["per_second"] for step in results["ramp"])
            print(f"capacity: {capacity:.1f} messages a second; {minutes} minutes at {SHARE:.0%} of it ...", flush=True)
            results["soak"] = soak(door, rasa, capacity * SHARE, minutes)
        door = servers.door(WORK, rasa.url, "door-in-flood", **PRODUCTION)
        with servers.running(door):
            print(f"flood: {capacity * FLOOD:.0f} requests a second for {flood_seconds} seconds ...", flush=True)
            results["flood"] = flood(door.url, capacity * FLOOD, flood_seconds)
    results["broken"] = broken_in_soak(results["soak"]) + broken_in_flood(results["flood"])
    results["load_average_after"] = servers.machine()["load_average"]
    kept = minutes >= 10 and not quick
    reliability.write("soak", results, reliability.load_table(results), kept=kept)
    print(reliability.load_table(results))
    for finding in results["broken"]:
        print(f"Broken: {finding}", file=sys.stderr)
    return 1 if results["broken"] else 0


def ramp(url: str, seconds: int) -> list[dict[str, Any]]:
    """Loads the door with more and more visitors at once, until more of them get no more answers a second."""
    bench.load(url, "door", 2, 3)  # what is loaded with the first messages
    steps: list[dict[str, Any]] = []
    for visitors in VISITORS:
        found = bench.load(url, "door", visitors, seconds)
        steps.append(
            {"visitors": visitors, **{name: found[name] for name in ("per_second", "p50", "p95", "unanswered")}}
        )
        print(f"  {visitors} visitors: {found['per_second']:.1f} messages a second, p95 {found['p95']} ms", flush=True)
        if len(steps) > 1 and steps[-1]["per_second"] < GAIN * steps[-2]["per_second"]:
            break
    return steps


def soak(door: servers.Part, rasa: servers.Part, rate: float, minutes: int) -> dict[str, Any]:
    """Keeps the door at a rate for some minutes, and looks at every part before, and at the end of each."""
    found: dict[str, Any] = {}
    load = threading.Thread(
        target=lambda: found.update(bench.load(door.url, "door", 32, minutes * 60, rate=rate)), daemon=True
    )
    samples, began = [sample(door, rasa)], time.monotonic()
    load.start()
    for minute in range(1, minutes + 1):
        time.sleep(max(0.0, began + minute * 60 - time.monotonic()))
        samples.append(sample(door, rasa))
        print(f"  minute {minute}: {samples[-1]}", flush=True)
    load.join()
    return {"rate": round(rate, 2), "samples": samples, **found}


def sample(door: servers.Part, rasa: servers.Part) -> dict[str, Any]:
    """Memory in megabytes, open file descriptors, the log's size in bytes and its messages, now."""
    log = WORK / "data" / "chat.sqlite3"
    with closing(sqlite3.connect(f"file:{log}?mode=ro", uri=True, timeout=10)) as database:
        ((messages,),) = database.execute("select count(*) from chat_message").fetchall()
    return {
        "door_mb": door.memory(),
        "rasa_mb": rasa.memory(),
        "door_descriptors": door.descriptors(),
        "rasa_descriptors": rasa.descriptors(),
        "log_bytes": sum(path.stat().st_size for path in log.parent.glob("chat.sqlite3*")),
        "messages": messages,
    }


def flood(url: str, rate: float, seconds: int) -> dict[str, Any]:
    """Floods the door from many addresses, while somebody in danger writes every few seconds."""
    cards: list[dict[str, Any]] = []
    ended = threading.Event()
    os.environ["BENCH_NUMBER"] = CLINIC["clinic_phone"]  # the load tool's environment cannot read the clinic's file
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        tokens = [opened(client, number) for number in range(int(seconds / CARD_EVERY) + 5)]
        writing = threading.Thread(target=write_in_danger, args=(client, tokens, cards, ended), daemon=True)
        writing.start()
        found = bench.load(url, "flood", int(rate * SCREENS), seconds, rate=rate, file="benchmarks/soak/flood.py")
        ended.set()
        writing.join()
    sent = sum(found["outcomes"].values())
    return {"rate": round(rate, 1), "seconds": seconds, "sent": sent, **found, "cards": cards}


def opened(client: httpx.Client, number: int) -> str:
    """The token of a chat that was opened before the flood, from an address of its own."""
    answer = client.post("/chat/sessions", headers={"X-Forwarded-For": f"192.0.2.{number}"})
    return str(answer.raise_for_status().json()["token"])


def write_in_danger(
    client: httpx.Client, tokens: list[str], cards: list[dict[str, Any]], ended: threading.Event
) -> None:
    """Writes words of danger every few seconds, each in a chat of its own; notes seconds and what was answered."""
    for number, token in enumerate(tokens):
        if ended.wait(CARD_EVERY):
            return
        headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": f"192.0.2.{number}", "Connection": "close"}
        started = time.perf_counter()
        try:
            answer = client.post("/chat/messages", json={"id": str(uuid.uuid4()), "text": DANGER}, headers=headers)
            said = answer.json().get("replies", [{"kind": f"status {answer.status_code}", "text": ""}])[0]
        except (httpx.HTTPError, ValueError) as error:
            said = {"kind": type(error).__name__, "text": ""}
        card = said["kind"] == "crisis" and CLINIC["lifeline"] in said["text"]
        cards.append({"seconds": round(time.perf_counter() - started, 3), "card": card, "answer": said["kind"]})


def broken_in_soak(soak: dict[str, Any]) -> list[str]:
    """Promises that the soak broke, in words. What needs more minutes than there were is not judged."""
    broken = []
    if soak["unanswered"]:
        broken.append(f"{soak['unanswered']} of {soak['messages']} messages of the soak were not answered")
    if soak["per_second"] < 0.95 * soak["rate"]:
        broken.append(f"{soak['per_second']:.1f} messages a second instead of {soak['rate']:.1f}")
    samples, minutes = soak["samples"], [minute for minute in soak["minutes"] if minute["messages"] > soak["rate"] * 30]
    if len(samples) < ENOUGH or len(minutes) < ENOUGH:
        return broken
    early, late = samples[2], samples[-1]
    for part in ("door", "rasa"):
        if late[f"{part}_mb"] > MORE_MEMORY * early[f"{part}_mb"]:
            broken.append(f"memory of {part} grew from {early[f'{part}_mb']} to {late[f'{part}_mb']} MB")
        if late[f"{part}_descriptors"] > early[f"{part}_descriptors"] + MORE_DESCRIPTORS:
            broken.append(f"open files of {part} grew to {late[f'{part}_descriptors']}")
    if minutes[-1]["p95"] > MORE_TIME * minutes[1]["p95"]:
        broken.append(f"p95 grew from {minutes[1]['p95']} to {minutes[-1]['p95']} ms")
    middle = samples[len(samples) // 2]
    first, second = bytes_a_message(samples[0], middle), bytes_a_message(middle, late)
    if second > MORE_BYTES * first:
        broken.append(f"a message takes {second:.0f} bytes of the log, {first:.0f} before")
    return broken


def bytes_a_message(early: dict[str, Any], late: dict[str, Any]) -> float:
    """Bytes by which the log grew for each message between two samples."""
    return float(late["log_bytes"] - early["log_bytes"]) / max(1, late["messages"] - early["messages"])


def broken_in_flood(flood: dict[str, Any]) -> list[str]:
    """Promises that the flood broke, in words."""
    broken = [f"impolite in the flood: {said}" for said in flood["impolite"]]
    if flood["sent"] < FLOODED * flood["rate"] * flood["seconds"]:
        broken.append(f"the flood was too thin: {flood['sent']} requests in {flood['seconds']} seconds")
    if not any(outcome.startswith(("429", "503", "unavailable")) for outcome in flood["outcomes"]):
        broken.append("nothing was shed: that was no flood")
    late = [card for card in flood["cards"] if not card["card"] or card["seconds"] > CARD_SECONDS]
    broken += [f"a message in danger: {card['answer']} after {card['seconds']} seconds" for card in late]
    return broken if flood["cards"] else [*broken, "nobody in danger wrote"]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    sys.exit(main())
