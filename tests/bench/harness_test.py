#!/usr/bin/env python3
"""What the benchmark makes of what it has measured: medians, ratios, verdicts, plots."""

import unittest
import xml.dom.minidom

from harness import plots, report, targets
from harness.blocks import summarise


def block(per_second, errors=0, **more):
    return {"operations": 10, "per_second": per_second, "rows_per_second": per_second, "errors": errors,
            "error": "no" if errors else "", **more}


def contender(**figures):
    return {"per_second": 1, "rows_per_second": 1, **figures}


class SummaryTest(unittest.TestCase):
    def test_one_bad_block_does_not_move_the_median_but_shows_in_the_range(self):
        summary = summarise([block(100), block(3), block(104), block(101), block(99)])
        self.assertEqual(summary["per_second"], 100)
        self.assertEqual((summary["per_second_least"], summary["per_second_most"]), (3, 104))
        self.assertEqual(summary["operations"], 50)

    def test_errors_of_all_blocks_count(self):
        summary = summarise([block(1), block(1, errors=2), block(1, errors=1)])
        self.assertEqual((summary["errors"], summary["error"]), (3, "no"))

    def test_a_figure_that_is_not_measured_is_absent(self):
        self.assertNotIn("server_cpu_us", summarise([block(1)]))

    def test_a_ratio_is_in_rows(self):
        self.assertEqual(report.ratio_to({"rows_per_second": 4}, {"rows_per_second": 6}), 1.5)
        self.assertIsNone(report.ratio_to({"rows_per_second": 0}, {"rows_per_second": 6}))


class TargetsTest(unittest.TestCase):
    def judge(self, name, in_flight, **contenders):
        contenders = {key.replace("_", " "): value for key, value in contenders.items()}
        return {row["what"]: row for row in targets.judge(
            [{"name": name, "in_flight": in_flight, "contenders": contenders}])}

    def test_a_miss_is_a_miss(self):
        create = self.judge("create", 16, rowkeeper=contender(rows_per_second=1290), go=contender(rows_per_second=1000))
        self.assertEqual(create["Create, 16 in flight, against Go"]["measured"], 1.29)
        self.assertFalse(create["Create, 16 in flight, against Go"]["reached"])
        create = self.judge("create", 16, rowkeeper=contender(rows_per_second=1300), go=contender(rows_per_second=1000))
        self.assertTrue(create["Create, 16 in flight, against Go"]["reached"])

    def test_what_was_not_measured_is_not_judged(self):
        self.assertEqual(self.judge("create", 1, rowkeeper=contender(), go=contender()), {})
        self.assertEqual(list(self.judge("create", 16, rowkeeper=contender(), go=contender())),
                         ["Create, 16 in flight, against Go"])

    def test_cpu_is_that_above_the_empty_call(self):
        get = self.judge("get_by_id", 64, rowkeeper=contender(server_cpu_us=60.5, rows_per_second=41),
                         empty_call=contender(server_cpu_us=40, rows_per_second=100))
        cpu = get["server CPU of a GetById above an empty call, 64 in flight, µs"]
        self.assertEqual((cpu["measured"], cpu["reached"]), (20.5, False))
        self.assertTrue(get["GetById / empty call, 64 in flight"]["reached"])

    def test_growth_is_the_last_size_against_the_first(self):
        pages = self.judge("list_by_owner, 10 rows, by page", 1, first=contender(p50_us=100),
                           last=contender(p50_us=111))
        row = pages["last page against page 1, p50"]
        self.assertEqual((row["measured"], row["reached"]), (1.11, False))

    def test_a_run_may_take_longer_than_a_plain_create_by_so_much(self):
        result = {"name": "Run of 1 creates", "in_flight": 16, "contenders": {
            "rowkeeper": contender(rows_per_second=100), "rowkeeper, plain create": contender(rows_per_second=116)}}
        rows = {row["what"]: row for row in targets.judge([result])}
        row = rows["Run of one create, time against a plain one"]
        self.assertEqual((row["measured"], row["reached"]), (1.16, False))


class PlotsTest(unittest.TestCase):
    def test_they_are_xml_whatever_names_and_figures_are(self):
        result = {"name": "a < b & c", "in_flight": 1, "unit": "calls/s", "contenders": {
            "<go>": contender(per_second=0, server_cpu_us=0, p50_us=0, p99_us=0), "one": contender()}}
        for plot in (plots.rates, plots.cpu, plots.growth):
            text = plot([result])
            xml.dom.minidom.parseString(text)
            self.assertIn("a &lt; b &amp; c", text)


if __name__ == "__main__":
    unittest.main()
