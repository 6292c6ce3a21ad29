#!/usr/bin/env python3
"""Draws what rowkeeper_overload_bench has written: goodput against offered load, goodput and memory over time.

usage: overload_plot.py FILE.csv FILE.svg"""

import sys

WIDTH, HEIGHT, LEFT, GAP = 900, 200, 80, 60
BLUE, GREEN, GREY = "#1f6feb", "#2da44e", "#8c959f"


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def panel(top, title, xs, lines, unit):
    """One diagram: `lines` are (name, color, values)."""
    most_x, most_y = max(xs) or 1, max(max(values) for _, _, values in lines) * 1.05 or 1
    parts = [text(LEFT, top - 8, title)]
    parts.append(f'<path d="M{LEFT} {top} V{top + HEIGHT} H{WIDTH - 40}" stroke="{GREY}" fill="none"/>')
    parts.append(text(LEFT - 6, top + 10, f"{most_y:,.0f}", "end") + text(LEFT - 6, top + HEIGHT, "0", "end"))
    parts.append(text(WIDTH - 40, top + HEIGHT + 16, f"{most_x:,.0f} {unit}", "end"))
    for i, (name, color, values) in enumerate(lines):
        points = " ".join(f"{LEFT + (WIDTH - 40 - LEFT) * x / most_x:.1f},{top + HEIGHT * (1 - y / most_y):.1f}"
                          for x, y in zip(xs, values))
        parts.append(f'<polyline points="{points}" stroke="{color}" fill="none" stroke-width="1.5"/>')
        parts.append(f'<g fill="{color}">{text(LEFT + 260 + 160 * i, top - 8, name)}</g>')
    return "".join(parts)


def main(source, target):
    rows = [line.strip().split(",") for line in open(source, encoding="utf-8")]
    curve = [[float(value) for value in row[1:]] for row in rows if row[0] == "curve"]
    seconds = [[float(value) for value in row[1:]] for row in rows if row[0] == "second"]
    panels = []
    if len(curve) > 1:
        panels.append(("Goodput against offered load, calls/s", [row[1] for row in curve],
                       [("peak", GREY, [row[2] for row in curve]), ("good", BLUE, [row[3] for row in curve])],
                       "offered/s"))
    for times in sorted({row[0] for row in seconds}):
        of_times = [row for row in seconds if row[0] == times]
        at = [row[1] for row in of_times]
        panels.append((f"{times:g} times the peak: good calls/s", at, [("good", BLUE, [row[2] for row in of_times])], "s"))
        panels.append((f"{times:g} times the peak: RSS, MB", at, [("RSS", GREEN, [row[3] for row in of_times])], "s"))
    parts = [panel(40 + i * (HEIGHT + GAP), *each) for i, each in enumerate(panels)]
    with open(target, "w", encoding="utf-8") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{40 + len(panels) * (HEIGHT + GAP)}"'
                  f' font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
                  f'{"".join(parts)}</svg>\n')


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
