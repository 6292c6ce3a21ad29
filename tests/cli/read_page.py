#!/usr/bin/env python3
"""Prints the text of a page as headless Chromium has it in its tree for screen readers, and looks at the page's frame.

read_page.py CHROMIUM PROFILE URL WIDTH HEIGHT PICTURE

PICTURE gets a picture of the page. Fails when the page is wider than WIDTH, when it lacks a landmark (banner,
navigation, main, contentinfo) or has one twice, when a heading skips a level or there is not one first heading, when a
region has no name, or when a control has none.
"""

import collections
import sys

from press_button import Browser

ONCE = ("banner", "navigation", "main", "contentinfo")


def value(node, name):
    return node.get(name, {}).get("value", "")


def check_frame(nodes):
    roles = collections.Counter(value(node, "role") for node in nodes)
    for role in ONCE:
        if roles[role] != 1:
            raise RuntimeError(f"the page has {roles[role]} of the landmark {role}")
    for node in nodes:
        if value(node, "role") in ("region", "navigation", "heading") and not value(node, "name"):
            raise RuntimeError(f"a {value(node, 'role')} has no name")


def check_headings(nodes):
    levels = [prop["value"]["value"] for node in nodes if value(node, "role") == "heading"
              for prop in node.get("properties", []) if prop["name"] == "level"]
    if levels.count(1) != 1 or levels[0] != 1:
        raise RuntimeError(f"the headings have the levels {levels}")
    for above, below in zip(levels, levels[1:]):
        if below > above + 1:
            raise RuntimeError(f"a heading of level {below} follows one of level {above}")


def check_width(browser, width):
    content = browser.call("Page.getLayoutMetrics")["cssContentSize"]["width"]
    if content > width:
        raise RuntimeError(f"the page is {content} pixels wide, and the window {width}")


def main():
    program, profile, url, width, height, picture = sys.argv[1:]
    browser = Browser(program, profile)
    try:
        browser.open_page(int(width), int(height))
        browser.call("Page.navigate", url=url)
        browser.wait_for("Page.loadEventFired")
        browser.picture(picture)
        browser.check_controls()
        check_width(browser, int(width))
        nodes = [node for node in browser.call("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
        check_frame(nodes)
        check_headings(nodes)
        print(browser.text())
    finally:
        browser.close()


if __name__ == "__main__":
    main()
