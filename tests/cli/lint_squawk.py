"""Compares the findings of `rowkeeper migrate lint` and squawk in tests/unit/schema/lint/*.sql.

usage: lint_squawk.py ROWKEEPER SQUAWK WORK
"""

import json
import os
import subprocess
import sys

EXAMPLES = "tests/unit/schema/lint"

# squawk says it beside the rule that says more.
GENERAL = {
    "constraint-missing-not-valid": {
        "adding-exclusion-constraint",
        "adding-foreign-key-constraint",
        "adding-serial-primary-key-field",
        "disallowed-unique-constraint",
    }
}

# What squawk finds and we mean not to, as proto/reference/migration-lint.md tells.
MEANT = {
    # an allow comment of ours is in the file
    ("bad-allow.good.sql", "ban-drop-table"),
    ("unused-allow.good.sql", "ban-drop-table"),
    ("ban-drop-column.good.sql", "ban-drop-column"),
    # the file made the table
    ("ban-drop-table.good.sql", "ban-drop-table"),
    # the type that the column had is known, and no row is written again
    ("changing-column-type.good.sql", "changing-column-type"),
    # NOT VALID looks at no row
    ("ban-alter-domain-with-add-constraint.good.sql", "ban-alter-domain-with-add-constraint"),
}


def run(command, text=None):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout


def our_rules(rowkeeper, work, name, text):
    directory = os.path.join(work, name)
    os.makedirs(directory)
    with open(os.path.join(directory, "1000_example.sql"), "w", encoding="utf-8") as file:
        file.write(text)
    report = json.loads(run([rowkeeper, "migrate", "lint", "--json", "--migrations", directory]))
    return {finding["rule"] for finding in report["findings"]}


def squawk_rules(squawk, name, text):
    up = text[: text.index("-- migrate:down")]
    in_transaction = [] if "transaction:false" in up else ["--assume-in-transaction"]
    command = [squawk, "--reporter", "json", "--stdin-filepath", name, *in_transaction]
    return {finding["rule_name"] for finding in json.loads(run(command, up))}


def main(rowkeeper, squawk, work):
    shared, problems, compared = set(), [], 0
    known = {name.split(".")[0] for name in os.listdir(EXAMPLES)}
    for name in sorted(os.listdir(EXAMPLES)):
        with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
            text = file.read()
        ours, theirs = our_rules(rowkeeper, work, name, text), squawk_rules(squawk, name, text) & known
        shared |= theirs
        compared += len(theirs)
        for rule in sorted(theirs - ours):
            if (name, rule) not in MEANT and not GENERAL.get(rule, set()) & ours:
                problems.append(f"{name}: squawk finds {rule}, and we find {sorted(ours)}")
    print(f"{compared} findings of squawk compared, of {len(shared)} rules: {', '.join(sorted(shared))}")
    print("\n".join(problems))
    return 1 if problems or len(shared) < 15 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
