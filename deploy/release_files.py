#!/usr/bin/env python3
"""Says what a release is made of: a bill of materials in SPDX 2.3, and checksums.

Run it on the Debian that the program was built on, when everything else of the release is in the folder. It writes two files there:
rowkeeper.spdx.json, which names the program, every file of the release, and every package of Debian whose code the program loads
or holds; and SHA256SUMS, which `sha256sum --check` reads.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.parse

BILL = "rowkeeper.spdx.json"
SUMS = "SHA256SUMS"
# What is compiled in from headers, so that no library tells of it.
HEADERS = ("libcli11-dev", "nlohmann-json3-dev")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries_of(program):
    """The shared libraries that the loader would load, as files."""
    listed = output_of("ldd", program)
    missing = re.findall(r"^\s*(\S+) => not found", listed, re.MULTILINE)
    if missing:
        sys.exit(f"release_files.py: {program} needs libraries that are not there: {', '.join(missing)}")
    return sorted({os.path.realpath(path) for path in re.findall(r"(/\S+\.so\S*)(?= \()", listed)})


def packages_of(files):
    """The packages of Debian that files are from, by one look; in the package database some stand below /lib instead of /usr/lib."""
    names = [*files, *(re.sub("^/usr", "", file) for file in files)]
    found = subprocess.run(["dpkg-query", "--search", *names], check=False, capture_output=True, text=True).stdout
    owners = {}
    for line in found.splitlines():
        package, _, file = line.partition(": ")
        if not package.startswith("diversion by "):
            owners[re.sub("^/usr", "", file)] = package.split(":")[0]
    for file in files:
        if re.sub("^/usr", "", file) not in owners:
            sys.exit(f"release_files.py: no package of Debian has {file}; build on a plain Debian")
    return sorted(set(owners.values()))


def distribution():
    with open("/etc/os-release", encoding="utf-8") as file:
        values = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    return f"{values.get('ID', 'linux')}-{values.get('VERSION_ID', '')}".replace('"', "").rstrip("-")


def digest(path, kind):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def identifier(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def debian_package(name):
    form = "${Version}\t${Architecture}\t${source:Package}\t${Homepage}"
    version, architecture, source, homepage = output_of("dpkg-query", "--show", "--showformat", form, name).split("\n")[0].split("\t")
    quoted = urllib.parse.quote(version, safe="")
    return {
        "SPDXID": identifier(f"Package-{name}"),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "sourceInfo": f"built from the source package {source}",
        **({"homepage": homepage} if homepage else {}),
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{name}@{quoted}?arch={architecture}&distro={distribution()}",
        }],
    }


def release_file(folder, name):
    path = os.path.join(folder, name)
    return {
        "SPDXID": identifier(f"File-{name}"),
        "fileName": f"./{name}",
        "checksums": [{"algorithm": kind.upper(), "checksumValue": digest(path, kind)} for kind in ("sha1", "sha256")],
        "licenseConcluded": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }


def related(subject, kind, other):
    return {"spdxElementId": subject, "relationshipType": kind, "relatedSpdxElement": other}


def bill_of(program, folder, names):
    version = output_of(program, "version").split()[1]
    moment = int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.datetime.now().timestamp())
    loaded = packages_of(libraries_of(program))
    files = [release_file(folder, name) for name in names]
    own = {
        "SPDXID": "SPDXRef-Package-rowkeeper",
        "name": "rowkeeper",
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest(program, "sha256")}],
    }
    relationships = [related("SPDXRef-DOCUMENT", "DESCRIBES", own["SPDXID"])]
    relationships += [related(own["SPDXID"], "DYNAMIC_LINK", identifier(f"Package-{name}")) for name in loaded]
    relationships += [related(own["SPDXID"], "STATIC_LINK", identifier(f"Package-{name}")) for name in HEADERS]
    relationships += [related(file["SPDXID"], "GENERATED_FROM", own["SPDXID"]) for file in files]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"rowkeeper-{version}-{distribution()}",
        "documentNamespace": f"https://rowkeeper.invalid/spdx/{version}/{own['checksums'][0]['checksumValue']}/{moment}",
        "creationInfo": {
            "created": datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: rowkeeper-release_files.py"],
        },
        "packages": [own, *map(debian_package, [*loaded, *HEADERS])],
        "files": files,
        "relationships": relationships,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog="Example:\n  deploy/release_files.py --program build/release/rowkeeper release/")
    parser.add_argument("--program", required=True, help="the server, for example build/release/rowkeeper")
    parser.add_argument("folder", help="holds the packages and images of the release, and gets the two files")
    arguments = parser.parse_args()
    names = sorted(entry.name for entry in os.scandir(arguments.folder) if entry.is_file() and entry.name not in (BILL, SUMS))
    if not names:
        sys.exit(f"release_files.py: there are no files in {arguments.folder}")
    with open(os.path.join(arguments.folder, BILL), "w", encoding="utf-8") as file:
        json.dump(bill_of(os.path.abspath(arguments.program), arguments.folder, names), file, indent=2)
        file.write("\n")
    with open(os.path.join(arguments.folder, SUMS), "w", encoding="utf-8") as file:
        for name in [*names, BILL]:
            file.write(f"{digest(os.path.join(arguments.folder, name), 'sha256')}  {name}\n")


if __name__ == "__main__":
    main()
