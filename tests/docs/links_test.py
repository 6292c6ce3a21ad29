"""The documents of the project, and the check itself on documents that are right and wrong on purpose.

usage: links_test.py ROOT
"""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import links  # noqa: E402  (after the switch above, which keeps the source tree clean)

MAX_README_LINES = 150


class CheckTest(unittest.TestCase):
    """links.py on small trees."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.write("other/page.md", "# Page\n\n## It's *done*: `a_b`, twice\n\n## Again\n\n## Again\n\n<a id=\"here\"></a>\n")

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def mistakes(self, text):
        self.write("a.md", text)
        return links.find_mistakes(self.root)

    def test_accepts_links_that_lead_somewhere(self):
        good = [
            "[page](other/page.md)", "[folder](other)", "[self](#top)", "[`code`](other/page.md#page)",
            "[heading](other/page.md#its-done-a_b-twice)", "[second](other/page.md#again-1)", "[html](other/page.md#here)",
            "[titled](other/page.md \"a title\")", "[angles](<other/page.md>)", "![image](other/page.md)",
            "[elsewhere](https://example.com/nothing#here)", "[mail](mailto:somebody@example.com)", "[named]: other/page.md",
            "`[code](nowhere.md)`", "``a ` [code](nowhere.md)``", "```\n[block](nowhere.md)\n```", "~~~md\n[block](nowhere.md)\n~~~",
            "|[in a table](other/page.md)|",
        ]
        self.assertEqual(self.mistakes("# Top\n\n" + "\n\n".join(good)), [])

    def test_names_file_line_and_mistake(self):
        self.assertEqual(self.mistakes("# Top\n\n[x](other/pages.md)\n"),
                         ["a.md:3: other/pages.md: there is no other/pages.md"])

    def test_refuses_links_that_lead_nowhere(self):
        bad = {
            "[x](nowhere.md)": "there is no nowhere.md",
            "[x](Other/page.md)": "there is no Other/page.md",
            "[x](other/page.md#gone)": "has no heading #gone",
            "[x](other/page.md#again-2)": "has no heading #again-2",
            "[x](#gone)": "a.md has no heading #gone",
            "[x](../outside.md)": "leads out of the project",
            "[x](/other/page.md)": "write the path relative to this file",
            "[x](other#page)": "only Markdown files have anchors",
            "[x]()": "is empty",
            "![x](nowhere.png)": "there is no nowhere.png",
            "[x]: nowhere.md": "there is no nowhere.md",
            "`code` [x](nowhere.md) `code`": "there is no nowhere.md",
            "```\n# Not a heading\n```\n[x](#not-a-heading)": "has no heading #not-a-heading",
        }
        for text, what in bad.items():
            with self.subTest(text):
                mistakes = self.mistakes(text + "\n")
                self.assertEqual(len(mistakes), 1, mistakes)
                self.assertIn(what, mistakes[0])

    def test_finds_documents_that_nothing_links_to(self):
        self.write("a.md", "[folder](other) [b](b.md)\n")
        self.write("b.md", "text\n")
        self.write("alone.md", "[a](a.md)\n")
        self.assertEqual(links.unreachable(self.root, "a.md"), ["alone.md"])

    def test_leaves_out_what_builds_and_tools_make(self):
        for folder in ("build/release", ".cache", "tests/node_modules/x"):
            self.write(f"{folder}/x.md", "[x](nowhere.md)\n")
        self.assertEqual(self.mistakes("# Top\n"), [])


class ProjectTest(unittest.TestCase):
    """The documents of this project."""

    root = ""

    def test_every_link_leads_somewhere(self):
        self.assertGreater(len(links.documents(self.root)), 20, "the documents were not found")
        self.assertEqual("\n".join(links.find_mistakes(self.root)), "")

    def test_every_document_is_reached_from_readme(self):
        self.assertEqual(links.unreachable(self.root, "README.md"), [])

    def test_readme_stays_short(self):
        with open(os.path.join(self.root, "README.md"), encoding="utf-8") as file:
            self.assertLessEqual(len(file.readlines()), MAX_README_LINES)


if __name__ == "__main__":
    ProjectTest.root = os.path.abspath(sys.argv.pop(1))
    unittest.main()
