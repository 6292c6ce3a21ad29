"""What a run was measured on: without it figures say nothing."""

import os
import pathlib
import platform
import re
import subprocess


def _lines(path):
    try:
        return pathlib.Path(path).read_text().splitlines()
    except OSError:
        return []


def _first(path, prefix):
    for line in _lines(path):
        if line.startswith(prefix):
            return line.split(":", 1)[1].strip() if ":" in line else line[len(prefix):].strip(' ="')
    return "unknown"


def version(*command):
    """The first line that the command prints; None when it is not there."""
    try:
        output = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return (output.stdout or output.stderr).strip().splitlines()[0]


def describe():
    """CPU, memory, system, and how busy it was at the start."""
    load = os.getloadavg()[0]
    memory = _first("/proc/meminfo", "MemTotal").split()
    return {
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "ram_gib": round(int(memory[0]) / 2**20, 1) if memory[0].isdigit() else None,
        "kernel": platform.release(),
        "system": _first("/etc/os-release", "PRETTY_NAME"),
        "load_average_at_start": round(load, 2),
        "busy": load > 0.5,
    }


def describe_build(programs):
    """How the programs in this build directory were compiled."""
    wanted = ("CMAKE_BUILD_TYPE:", "CMAKE_CXX_FLAGS_RELEASE:", "ROWKEEPER_SANITIZE:", "CMAKE_CXX_COMPILER:")
    found = dict(line.split("=", 1) for line in _lines(pathlib.Path(programs) / "CMakeCache.txt")
                 if line.startswith(wanted))
    build = {name.split(":")[0].lower(): value for name, value in found.items()}
    build["optimised"] = (build.get("cmake_build_type") == "Release" and not build.get("rowkeeper_sanitize")
                          and "-O0" not in build.get("cmake_cxx_flags_release", ""))
    return build


# Where a peer pins what it is made of: a file, and what a line of it says.
PINS = {"go": ("go.mod", r"^\t(\S+ v\S+)$"),
        "rust": ("Cargo.toml", r'^((?!version|edition)(?:[\w-]+) = .*"\d[\d.]*".*)$'),
        "python": ("requirements.txt", r"^(\S+==\S+)$")}


def describe_peers(directory, names):
    """The pinned versions of each peer in `directory`."""
    described = {}
    for name in names:
        file, pattern = PINS.get(name, ("", ""))
        found = [re.match(pattern, line) for line in _lines(pathlib.Path(directory) / name / file)]
        described[name] = [match.group(1) for match in found if match]
    return described
