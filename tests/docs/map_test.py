"""The map of the server names files that are there.

usage: map_test.py ROOT

The map is server/ARCHITECTURE.md, and in each folder a comment at the top of the header that it tells to start reading at:
"// The map of this folder:" and lines "//   FILE  WHAT", in which more files may be named.
"""

import os
import re
import sys
import unittest

MAP_START = "// The map of this folder:\n"
MAX_LINES = 90


def folder_map(text):
    """The lines of a header's map, or None."""
    _, found, rest = text.partition(MAP_START)
    return re.match(r"(?://   .*\n)*", rest).group(0) if found else None


def named_files(text):
    """Files and folders in the words of a map: `a.cc`, `b/`, `c/d.h`."""
    return re.findall(r"(?<![\w./*…])[\w/]+\.(?:cc|h|proto)\b|(?<![\w./])\w+/(?![\w.])", text)


class MapTest(unittest.TestCase):
    root = ""

    def read(self, name):
        with open(os.path.join(self.root, name), encoding="utf-8") as file:
            return file.read()

    def missing(self, names, *folders):
        return [name for name in names if not any(os.path.exists(os.path.join(self.root, f, name)) for f in folders)]

    def rooms(self):
        """(folder, header) of the table of rooms."""
        rows = re.findall(r"^\| `(\w+)` \|.*\| `([\w.]+)` \|$", self.read("server/ARCHITECTURE.md"), re.M)
        self.assertGreater(len(rows), 10, "the table of folders was not found")
        return rows

    def test_the_page_is_one_page_and_names_what_is_there(self):
        text = self.read("server/ARCHITECTURE.md")
        self.assertLessEqual(text.count("\n"), MAX_LINES)
        names = [name for span in re.findall(r"`([^`\n]+)`", text) for name in named_files(span)]
        self.assertGreater(len(names), 20)
        headers = {header for _, header in self.rooms()}
        self.assertEqual(self.missing([name for name in names if name not in headers], "server", "proto", ""), [])

    def test_decisions_and_advice_name_what_is_there(self):
        adr = os.path.join(self.root, "server", "adr")
        for document in ["CONTRIBUTING.md"] + [f"server/adr/{name}" for name in os.listdir(adr)]:
            names = [name for span in re.findall(r"`([^`\n]+)`", self.read(document)) for name in named_files(span)]
            self.assertEqual(self.missing(names, "server", "proto", "proto/rowkeeper/v1", ""), [], document)

    def test_decisions_are_headed_by_their_own_numbers(self):
        names = sorted(os.listdir(os.path.join(self.root, "server", "adr")))
        numbers = [int(name[:4]) for name in names]
        self.assertEqual(numbers, sorted(set(numbers)), "two decisions have one number")
        headed = [int(re.match(r"# (\d+)\. ", self.read(f"server/adr/{name}")).group(1)) for name in names]
        self.assertEqual(headed, numbers)

    def test_every_folder_is_a_room(self):
        folders = {name for name in os.listdir(os.path.join(self.root, "server"))
                   if os.path.exists(os.path.join(self.root, "server", name, "CMakeLists.txt"))}
        self.assertEqual({folder for folder, _ in self.rooms()}, folders)

    def test_maps_of_folders_name_what_is_there(self):
        maps = 0
        for folder, header in self.rooms():
            text = folder_map(self.read(f"server/{folder}/{header}"))
            if text is None:
                continue
            maps += 1
            self.assertEqual(self.missing(named_files(text), f"server/{folder}", "server"), [], folder)
        self.assertGreaterEqual(maps, 8, "the maps of the folders were not found")

    def test_names_are_found_in_words(self):
        self.assertEqual(named_files("//   a.cc   x, b_c.h: (d/e.cc); f/ and wire/g.h, v1. e.g. a/b"),
                         ["a.cc", "b_c.h", "d/e.cc", "f/", "wire/g.h"])


if __name__ == "__main__":
    MapTest.root = os.path.abspath(sys.argv.pop(1))
    unittest.main()
