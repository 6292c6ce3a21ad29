"""Plots as SVG, with nothing but Python."""

from xml.sax.saxutils import escape

from harness import report

COLORS = ("#1f6feb", "#8c959f", "#2da44e", "#bf8700", "#cf222e", "#8250df", "#57606a")
WIDTH, LEFT, BAR = 900, 300, 18


def _svg(height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif"'
            f' font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')


def _text(x, y, text, anchor="start", weight="normal"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'


def _bar(x, y, width, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{BAR - 4}" fill="{color}"/>'


def rates(results):
    """A bar for each contender of each comparison: its rate, the comparison's best filling the width."""
    parts, y = [], 20
    for result in results:
        parts.append(_text(10, y, f"{report.title(result)} ({result['unit']})", weight="bold"))
        y += 8
        most = max(summary["per_second"] for summary in result["contenders"].values()) or 1
        for i, (name, summary) in enumerate(result["contenders"].items()):
            width = (WIDTH - LEFT - 110) * summary["per_second"] / most
            parts.append(_text(LEFT - 8, y + BAR - 6, name, "end"))
            parts.append(_bar(LEFT, y, width, COLORS[i % len(COLORS)]))
            parts.append(_text(LEFT + width + 6, y + BAR - 6, f"{summary['per_second']:,.0f}"))
            y += BAR
        y += 22
    return _svg(y, parts)


def cpu(results):
    """CPU time of an operation: server, PostgreSQL and load one behind the other."""
    kinds = (("server_cpu_us", "server"), ("postgres_cpu_us", "PostgreSQL"), ("load_cpu_us", "load"))
    parts, y = [], 20
    for i, (_, name) in enumerate(kinds):
        parts += [_bar(LEFT + i * 110, y - 12, 14, COLORS[i]), _text(LEFT + i * 110 + 20, y, name)]
    y += 24
    for result in results:
        measured = {name: summary for name, summary in result["contenders"].items() if "server_cpu_us" in summary}
        if not measured:
            continue
        parts.append(_text(10, y, f"{report.title(result)} (CPU µs)", weight="bold"))
        y += 8
        most = max(sum(summary.get(kind, 0) for kind, _ in kinds) for summary in measured.values()) or 1
        for name, summary in measured.items():
            x = LEFT
            parts.append(_text(LEFT - 8, y + BAR - 6, name, "end"))
            for i, (kind, _) in enumerate(kinds):
                width = (WIDTH - LEFT - 110) * summary.get(kind, 0) / most
                parts.append(_bar(x, y, width, COLORS[i]))
                x += width
            parts.append(_text(x + 6, y + BAR - 6, f"{sum(summary.get(kind, 0) for kind, _ in kinds):,.0f}"))
            y += BAR
        y += 22
    return _svg(y, parts)


def growth(results):
    """p50 and p99 of each size of each series, in the order of the sizes."""
    parts, y, height = [], 20, 160
    for result in results:
        sizes = list(result["contenders"].items())
        most = max(summary.get("p99_us", 0) for _, summary in sizes) or 1
        parts.append(_text(10, y, f"{result['name']} (µs; p50 solid, p99 dashed)", weight="bold"))
        top, step = y + 16, (WIDTH - 160) / max(1, len(sizes) - 1)
        parts.append(_text(60, top + 4, f"{most:,.0f}", "end") + _text(60, top + height, "0", "end"))
        parts.append(f'<path d="M70 {top} V{top + height} H{WIDTH - 60}" stroke="#57606a" fill="none"/>')
        for figure, dash in (("p50_us", ""), ("p99_us", ' stroke-dasharray="5 4"')):
            points = " ".join(f"{80 + i * step:.1f},{top + height * (1 - summary.get(figure, 0) / most):.1f}"
                              for i, (_, summary) in enumerate(sizes))
            parts.append(f'<polyline points="{points}" stroke="{COLORS[0]}" fill="none"{dash}/>')
        for i, (size, _) in enumerate(sizes):
            parts.append(_text(80 + i * step, top + height + 16, size, "middle"))
        y = top + height + 50
    return _svg(y, parts)
