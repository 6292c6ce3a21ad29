"""Runs the examples of a how-to page and compares what they print.

usage: how_to.py PAGE.md

Every ```console block of the page is typed into one shell, in order: lines that begin with "$ " are commands, lines after
"> " go on with them, and what follows is what they print, both streams together. An ellipsis (…) stands for anything
within a line, and alone in a line for any lines. ```proto and ```sql blocks whose first line is "// FILE" or "-- FILE"
are written to that file first. A command that prints nothing has to succeed.
"""

import pathlib
import re
import subprocess
import sys
import typing

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^(?://|--|#) (\S+/\S+)\n")


class Example(typing.NamedTuple):
    command: str
    expected: str


def examples_of(block):
    command, expected, found = None, [], []
    for line in block.splitlines():
        if line.startswith("$ "):
            if command is not None:
                found.append(Example(command, "\n".join(expected)))
            command, expected = line[2:], []
        elif line.startswith("> ") and not expected:
            command += "\n" + line[2:]
        else:
            expected.append(line)
    found.append(Example(command, "\n".join(expected)))
    return found


def shell_of(page):
    """What to type, with a mark before each command, and the examples."""
    examples, lines = [], []
    for language, block in FENCE.findall(page):
        named = FILE.match(block)
        if language in ("proto", "sql", "toml") and named:
            lines.append(f"mkdir -p $(dirname {named[1]}) && cat >{named[1]} <<'END OF FILE'\n{block[named.end():]}END OF FILE")
        if language == "console":
            for example in examples_of(block):
                # As if typed: a mark, the command, its exit code.
                lines.append(f"printf '\\001\\n'; {{ {example.command}\n}} 2>&1; printf '\\002%d\\n' $?")
                examples.append(example)
    return "\n".join(lines), examples


def matches(expected, printed):
    pattern = ""
    for line in expected.splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"\s*\n"
    return re.fullmatch(pattern, printed if printed.endswith("\n") or not printed else printed + "\n") is not None


def main():
    page = pathlib.Path(sys.argv[1])
    typed, examples = shell_of(page.read_text())
    if not examples:
        sys.exit(f"{page} has no examples")
    shell = subprocess.run(["bash"], input=typed, capture_output=True, text=True, timeout=300)
    answers = re.findall("\001\n(.*?)\002(\\d+)\n", shell.stdout, re.DOTALL)
    if len(answers) != len(examples):
        sys.exit(f"{page}: the shell ended after {len(answers)} of {len(examples)} commands: {shell.stderr}")
    wrong = 0
    for example, (printed, code) in zip(examples, answers):
        if matches(example.expected, printed) and (example.expected or code == "0"):
            continue
        wrong += 1
        print(f"{page}: $ {example.command}\n--- should print\n{example.expected}\n--- prints (exit code {code})\n{printed}")
    sys.exit(1 if wrong else 0)


main()
