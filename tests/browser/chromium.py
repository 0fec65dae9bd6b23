"""A headless Chromium for tests, over the pipe of its DevTools protocol: no driver, no port, no package."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip
_END = b"\0"
_READ, _WRITE = 3, 4
"""The file descriptors at which Chromium reads commands, and writes what comes of them."""


def program() -> str | None:
    """Return the machine's own Chromium, as Debian packages it, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A running browser."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._rest = b""
        self._numbers = count(1)
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; what happened meanwhile goes to `events`."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + _END)
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
            self.events.append(answer)

    def until(self, event: str) -> None:
        """Wait for an event."""
        while not any(each.get("method") == event for each in self.events):
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while _END not in self._rest:
            read = os.read(self._answers, 1 << 16)
            assert read, "Chromium ended"
            self._rest += read
        message, _, self._rest = self._rest.partition(_END)
        return dict(json.loads(message))


class Page:
    """A page of its own in a browser."""

    def __init__(self, browser: Chromium, address: str, width: int, scheme: str) -> None:
        self._browser = browser
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.events.clear()
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", media="", features=features)
        self.send("Page.navigate", url=address)
        browser.until("Page.loadEventFired")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command that is about this page."""
        return self._browser.send(method, self._session, **parameters)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9)

    def pdf(self) -> int:
        """Print the page, and return the length of what comes out."""
        return len(self.send("Page.printToPDF")["data"])

    @property
    def complaints(self) -> list[str]:
        """What the console said, which errors there were, and which requests went to a network."""
        found = []
        for event in self._browser.events:
            parameters = event.get("params", {})
            match event.get("method"):
                case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded":
                    found.append(json.dumps(parameters))
                case "Network.requestWillBeSent" if parameters["request"]["url"].startswith("http"):
                    found.append(parameters["request"]["url"])
        return found


@contextmanager
def started(name: str, folder: Path) -> Iterator[Chromium]:
    """Start the program `name` with a profile in `folder`, and stop it in the end."""
    (reads, commands), (answers, writes) = os.pipe(), os.pipe()
    # Away from the two numbers that they are to have in the child.
    reads, writes = (fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (reads, writes))

    def wire() -> None:
        os.dup2(reads, _READ)
        os.dup2(writes, _WRITE)

    process = subprocess.Popen(
        [name, *FLAGS, f"--user-data-dir={folder}"],
        preexec_fn=wire,
        pass_fds=(_READ, _WRITE),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(reads)
    os.close(writes)
    try:
        yield Chromium(commands, answers)
    finally:
        process.terminate()
        process.wait()
        os.close(commands)
        os.close(answers)
