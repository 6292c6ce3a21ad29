#!/usr/bin/env python3
"""names.py FOLDER...: names that the anonymous namespaces of several .cc files of a folder define.

In batches (ROWKEEPER_UNITY) these files are one translation unit; which ones share a batch changes with each new file,
so a name that stands twice may compile today and not tomorrow. Prints each such name and its files; ends with 1 if
there are any. An alias of the same type may stand twice.
"""
import collections
import pathlib
import re
import sys

OPEN = re.compile(r"^namespace(?: (?P<name>[\w:]+))? \{")
CLOSE = re.compile(r"^\}\s*// namespace\b")
DEFINITION = re.compile(
    r"""^(?:template\s*<.*>\s*)?(?:
    using\s+(?P<alias>\w+)\s*=\s*(?P<aliased>[^;]*)
  | (?:class|struct|enum(?:\s+class)?)\s+(?P<type>\w+)
  | (?:inline\s+|static\s+|thread_local\s+)*(?:constexpr|const)\s[^=({]*?\b(?P<constant>\w+)(?:\[\w*\])*\s*[={]
  | (?!(?:using|namespace|static_assert|return|template)\b)[A-Za-z_][\w:<>,&*\s\[\]]*?[\s&*>](?P<function>\w+)\(
  | (?!(?:using|namespace|static_assert|return|template)\b)[A-Za-z_][\w:<>,&*\s]*?[\s&*>](?P<variable>\w+)(?:;|\s*[={])
    )""",
    re.VERBOSE,
)


def definitions(text):
    """The (namespace, name, what an alias stands for) that stand in the text's anonymous namespaces."""
    spaces = []
    for line in text.splitlines():
        opened = OPEN.match(line)
        if opened:
            spaces.append(opened["name"] or "")
        elif CLOSE.match(line):
            spaces.pop()
        elif "" in spaces:
            found = DEFINITION.match(line)
            if found:
                name = found["alias"] or found["type"] or found["constant"] or found["function"] or found["variable"]
                yield "::".join(filter(None, spaces)), name, found["aliased"]


def repeated(folder):
    """{(namespace, name): files} of what several files of the folder define."""
    files = collections.defaultdict(set)
    meanings = collections.defaultdict(set)
    for path in sorted(folder.rglob("*.cc")):
        for space, name, aliased in definitions(path.read_text()):
            files[space, name].add(str(path))
            meanings[space, name].add(aliased or str(path))
    return {key: found for key, found in files.items() if len(found) > 1 and len(meanings[key]) > 1}


def main(folders):
    count = 0
    for folder in folders:
        for (space, name), files in sorted(repeated(pathlib.Path(folder)).items()):
            print(f"{space}::{name} stands in {', '.join(sorted(files))}: name one of them for what it does there")
            count += 1
    return 1 if count else 0


sys.exit(main(sys.argv[1:]))
