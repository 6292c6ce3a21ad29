#!/usr/bin/env python3
"""Prints the GoogleTest programs of a configured build that have a label, one a line, in the order of their names.

A program that runs once more behind a pooler is printed once.

usage: programs.py BUILD LABEL
"""

import json
import pathlib
import subprocess
import sys


def main():
    build, label = sys.argv[1:]
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1", "-L", f"^{label}$"],
                             check=True, capture_output=True, text=True).stdout
    for test in sorted(json.loads(listing)["tests"], key=lambda test: test["name"]):
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        if any(v.startswith("ROWKEEPER_TEST_POOLER=") for v in properties.get("ENVIRONMENT", [])):
            continue
        # Other tests are commands of a name of their own; a program that is not built yet has no command.
        if "command" not in test or pathlib.Path(test["command"][0]).name == test["name"]:
            print(test["name"])


if __name__ == "__main__":
    main()
