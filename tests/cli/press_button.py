#!/usr/bin/env python3
"""Fills in a form of a page and presses a button, in headless Chromium without scripts, as a person would.

press_button.py CHROMIUM PROFILE URL FIELD WORD BUTTON WIDTH HEIGHT BEFORE AFTER

FIELD and BUTTON are CSS selectors. BEFORE and AFTER get pictures of the page; "-" makes none. Prints the text of the
page that came, and fails when a control of either page has no name for a screen reader, or is too small for a finger.
"""

import base64
import fcntl
import json
import os
import subprocess
import sys
import time

LIMIT_SECONDS = 120
CONTROLS = {"button", "textbox", "link"}
LEAST_PIXELS = 24
MOST_PIXELS = 8000  # of a picture; Chromium makes none of 16384


class Browser:
    """Speaks Chromium's DevTools protocol over two pipes: messages of JSON that end in a zero byte."""

    def __init__(self, program, profile):
        child_reads, self._to = os.pipe()
        self._from, child_writes = os.pipe()
        high_read, high_write = (fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (child_reads, child_writes))

        def arrange():
            os.dup2(high_read, 3)
            os.dup2(high_write, 4)

        self._process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=arrange, pass_fds=(3, 4), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for fd in (child_reads, child_writes, high_read, high_write):
            os.close(fd)
        self._end = time.monotonic() + LIMIT_SECONDS
        self._number = 0
        self._rest = b""
        self._events = []
        self._session = None

    def call(self, method, **params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._events.append(answer)

    def wait_for(self, event):
        while True:
            for index, known in enumerate(self._events):
                if known.get("method") == event:
                    del self._events[: index + 1]
                    return
            self._events.append(self._read())

    def open_page(self, width, height):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("DOM.enable")
        self.call("Accessibility.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def find(self, selector):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        if node == 0:
            raise RuntimeError(f"there is no {selector}")
        return node

    def press(self, node):
        self.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
        corners = self.call("DOM.getContentQuads", nodeId=node)["quads"][0]
        x, y = sum(corners[0::2]) / 4, sum(corners[1::2]) / 4
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, file):
        if file == "-":
            return
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], MOST_PIXELS), "scale": 1}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        with open(file, "wb") as out:
            out.write(base64.b64decode(data))

    def check_controls(self):
        for node in self.call("Accessibility.getFullAXTree")["nodes"]:
            if node.get("ignored") or node.get("role", {}).get("value") not in CONTROLS:
                continue
            name = node.get("name", {}).get("value", "")
            if not name:
                raise RuntimeError(f"a {node['role']['value']} has no name")
            if node["role"]["value"] == "link":
                continue
            corners = self.call("DOM.getContentQuads", backendNodeId=node["backendDOMNodeId"])["quads"]
            height = max(corners[0][1::2]) - min(corners[0][1::2])
            if height < LEAST_PIXELS:
                raise RuntimeError(f"{name}: {height} pixels are too few for a finger")

    def text(self):
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return "\n".join(node["name"]["value"] for node in nodes
                         if node.get("role", {}).get("value") == "StaticText")

    def close(self):
        self._process.kill()
        self._process.wait()

    def _read(self):
        while b"\0" not in self._rest:
            if time.monotonic() > self._end:
                raise RuntimeError(f"Chromium has not answered within {LIMIT_SECONDS} s")
            more = os.read(self._from, 1 << 16)
            if not more:
                raise RuntimeError("Chromium has ended")
            self._rest += more
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)


def main():
    program, profile, url, field, word, button, width, height, before, after = sys.argv[1:]
    browser = Browser(program, profile)
    try:
        browser.open_page(int(width), int(height))
        browser.call("Page.navigate", url=url)
        browser.wait_for("Page.loadEventFired")
        browser.check_controls()
        browser.picture(before)
        entry = browser.find(field)
        browser.call("DOM.focus", nodeId=entry)
        browser.call("Input.insertText", text=word)
        for kind in ("keyDown", "keyUp"):  # Enter must not press the first button
            browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13,
                         **({"text": "\r"} if kind == "keyDown" else {}))
        browser.press(browser.find(button))
        browser.wait_for("Page.loadEventFired")
        browser.check_controls()
        browser.picture(after)
        print(browser.text())
    finally:
        browser.close()


if __name__ == "__main__":
    main()
