#!/usr/bin/env python3
"""Prints the files that a build with Ninja compiles and that people wrote, one a line.

usage: batches.py BUILD [--changed FILE]

With --changed only those for which the compiler read a file that FILE names, one a line. A file that has not been
compiled yet is always printed: nobody knows what it reads.
"""

import json
import pathlib
import subprocess
import sys


def compiled_files(build):
    """Output -> source, of what is compiled from sources of ours."""
    commands = json.loads(subprocess.run(["ninja", "-C", build, "-t", "compdb"], check=True, capture_output=True).stdout)
    sources = {command["output"]: command["file"] for command in commands}
    return {output: source for output, source in sources.items()
            if source.endswith((".cc", ".cxx")) and not source.endswith(".pb.cc")}


def read_files(build):
    """Output -> what the compiler read for it."""
    lines = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True, text=True).stdout
    found, output = {}, None
    for line in lines.splitlines():
        if line.startswith("    "):
            found[output].add(pathlib.Path(build, line.strip()).resolve())
        elif line:
            output = line.split(": #deps", 1)[0]
            found[output] = set()
    return found


def main():
    build = sys.argv[1]
    files = compiled_files(build)
    if sys.argv[2:3] == ["--changed"]:
        changed = {pathlib.Path(name).resolve() for name in pathlib.Path(sys.argv[3]).read_text().splitlines()}
        read = read_files(build)
        files = {output: source for output, source in files.items() if output not in read or read[output] & changed}
    for source in sorted(set(files.values())):
        print(pathlib.Path(build, source).resolve())


if __name__ == "__main__":
    main()
