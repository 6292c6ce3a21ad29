"""Finds links in Markdown files that lead nowhere.

find_mistakes(root) looks at every *.md below root, except in folders that a build or a tool makes, and returns one line for
each mistake, "FILE:LINE: WHAT". It follows relative links only: the file must exist below root, and the anchor must be a
heading of it as GitHub names it. Code blocks and code spans hold no links.
"""

import os
import re
import urllib.parse

SKIPPED_FOLDERS = {"build", "node_modules", "__pycache__"}
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
INLINE_LINK = re.compile(r"\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+[\"'(][^\n]*?[\"')])?\s*\)")
DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*<?([^\s<>]+)>?")
HTML_ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def documents(root):
    """The paths of all Markdown files, relative to root, sorted."""
    found = []
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name not in SKIPPED_FOLDERS and not name.startswith(".")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in files if name.endswith(".md")]
    return sorted(found)


def prose(path):
    """(line number, text) of the lines outside code blocks."""
    fence = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file.read().split("\n"), 1):
            mark = FENCE.match(line)
            if fence is None and mark:
                fence = mark.group(1)
            elif fence is None:
                yield number, line
            elif mark and mark.group(1).startswith(fence) and not line.strip(" `~"):
                fence = None


def anchor(heading):
    """GitHub's name of a heading: `## It's *done*: a_b` is its-done-a_b."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"(?<!\w)[*_]+(?=\S)|(?<=\S)[*_]+(?!\w)", "", text.replace("`", ""))
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def anchors(path):
    """All anchors of a Markdown file; a heading that is there again gets -1, -2, ..."""
    names = set()
    for _, line in prose(path):
        names.update(HTML_ANCHOR.findall(line))
        heading = HEADING.match(line)
        if not heading:
            continue
        base = name = anchor(heading.group(1))
        again = 0
        while name in names:
            again += 1
            name = f"{base}-{again}"
        names.add(name)
    return names


def links(path):
    """(line number, target) of the links of a Markdown file that lead to other places of this project."""
    for number, line in prose(path):
        text = CODE_SPAN.sub("code", line)
        definition = DEFINITION.match(text)
        targets = INLINE_LINK.findall(text) + ([definition.group(1)] if definition else [])
        for target in targets:
            if not SCHEME.match(target) and not target.startswith("//"):
                yield number, target


def mistake_of(root, document, target):
    """What is wrong with a link, or None."""
    path, _, fragment = target.partition("#")
    path, fragment = urllib.parse.unquote(path), urllib.parse.unquote(fragment)
    if path.startswith("/"):
        return f"{target}: write the path relative to this file"
    place = os.path.normpath(os.path.join(os.path.dirname(document), path)) if path else document
    if place.split(os.sep)[0] == "..":
        return f"{target}: leads out of the project"
    full = os.path.join(root, place)
    if not os.path.exists(full):
        return f"{target}: there is no {place}"
    if not fragment:
        return f"{target}: is empty" if not path else None
    if not place.endswith(".md"):
        return f"{target}: only Markdown files have anchors"
    if fragment not in anchors(full):
        return f"{target}: {place} has no heading #{fragment}"
    return None


def unreachable(root, start):
    """Documents that no chain of links from `start` reaches. A link to a folder reaches the documents in it."""
    left, reached = [start], {start}
    everything = documents(root)
    while left:
        document = left.pop()
        for _, target in links(os.path.join(root, document)):
            place = os.path.normpath(os.path.join(os.path.dirname(document), target.partition("#")[0]))
            for other in everything:
                if other not in reached and place in (other, os.path.dirname(other)):
                    reached.add(other)
                    left.append(other)
    return [document for document in everything if document not in reached]


def find_mistakes(root):
    """One line for each link that leads nowhere."""
    mistakes = []
    for document in documents(root):
        for number, target in links(os.path.join(root, document)):
            mistake = mistake_of(root, document, target)
            if mistake:
                mistakes.append(f"{document}:{number}: {mistake}")
    return mistakes
