"""Measures how long a visitor with a slow phone waits from tapping the launcher until typing.

The processor is slowed down 4 times and the network to slow 4G (1.6 Mbit/s down, 0.75 up, 150 ms a round trip); the
browser's caches are empty each time. From the repository's root:

    web/.venv/bin/python tests/widget/measure_speed.py
"""

from __future__ import annotations

import gzip
import statistics

from fake_door import FakeDoor, running
from playwright.sync_api import sync_playwright
from visiting import PHONE, STATIC, chromium, demo_page

TIMES = 9
#: Chromium's own name for what one connection may do, in bytes a second and milliseconds.
SLOW_4G = {"offline": False, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8, "latency": 150}
#: The same with the latency that developer tools apply to each request.
SLOW_4G_TOOLS = SLOW_4G | {"latency": 562.5, "downloadThroughput": 1.44e6 / 8, "uploadThroughput": 0.675e6 / 8}

FROM_TAP = """() => new Promise(done => {
    const root = document.querySelector('div[lang]').shadowRoot, button = root.querySelector('.launcher');
    button.addEventListener('pointerdown', event => {
        const look = () => {
            const field = root.querySelector('#field');
            if (field && field.getBoundingClientRect().height) done(performance.now() - event.timeStamp);
            else requestAnimationFrame(look);
        };
        look();
    }, {capture: true});
    globalThis.ready = true;
})"""


def main() -> None:
    """Prints the median and the longest of several first visits."""
    door = FakeDoor()
    door.files["/"] = ("text/html; charset=utf-8", demo_page().encode(), {})
    door.files["/demo.css"] = ("text/css", (STATIC / "demo.css").read_bytes(), {})
    for file in STATIC.glob("*.js"):
        zipped = gzip.compress(file.read_bytes(), 9)
        door.files[f"/{file.name}"] = ("text/javascript", zipped, {"Content-Encoding": "gzip"})
    with running(door), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, network in {"150 ms": SLOW_4G, "562 ms": SLOW_4G_TOOLS}.items():
            waits = []
            for _ in range(TIMES):
                context = browser.new_context(**PHONE)
                page = context.new_page()
                tools = context.new_cdp_session(page)
                page.goto(door.address)
                page.locator("button.launcher").wait_for()
                tools.send("Network.enable")
                tools.send("Network.emulateNetworkConditions", network)
                tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
                page.evaluate(f"() => {{ globalThis.wait = ({FROM_TAP})() }}")
                page.locator("button.launcher").tap()
                waits.append(page.evaluate("() => wait") / 1000)
                context.close()
            median, longest = statistics.median(waits), max(waits)
            print(
                f"slow 4G, {name} latency, processor / 4: tap to typing {median:.2f} s median, {longest:.2f} s longest"
            )
        browser.close()


if __name__ == "__main__":
    main()
