"""Draws what growth.py has measured as an SVG, without a library for it."""

from collections.abc import Mapping, Sequence
from math import log10

_WIDTH, _HEIGHT, _LEFT, _TOP, _BELOW, _RIGHT = 720, 400, 64, 44, 56, 170
_SHOWN = ("receive", "history", "second delivery", "deliver a reply")
_COLOURS = ("#1f6feb", "#2da44e", "#bf8700", "#cf222e")
_DASHES = {"sqlite": "", "postgresql": "6 4"}
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def draw(measured: Mapping[str, Sequence[tuple[int, Mapping[str, float]]]]) -> str:
    """Milliseconds of processor time by messages in the store, one line for each cost and database."""
    sizes = sorted({size for rows in measured.values() for size, _ in rows})
    top = _round_up(max(costs[name] for rows in measured.values() for _, costs in rows for name in _SHOWN))
    largest = max(1000, *sizes)
    inner_width, inner_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BELOW

    def x(size: int) -> float:
        return _LEFT + inner_width * log10(max(size, 100) / 100) / log10(largest / 100)

    def y(cost: float) -> float:
        return _TOP + inner_height * (1 - cost / top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        "<style>text { font-size: 12px }</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="24">Processor time of one message, by messages in the store</text>',
    ]
    for step in range(5):
        cost = top * step / 4
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(cost):.1f}" y2="{y(cost):.1f}" stroke="#d0d7de"/>'
        )
        parts.append(f'<text x="{_LEFT - 8}" y="{y(cost) + 4:.1f}" text-anchor="end">{cost:g} ms</text>')
    for size in sizes:
        name = f"{size:,}".replace(",", " ") if size > 1 else "empty"
        parts.append(f'<text x="{x(size):.1f}" y="{_HEIGHT - _BELOW + 20}" text-anchor="middle">{name}</text>')
    for index, name in enumerate(_SHOWN):
        for kind, rows in measured.items():
            points = " ".join(f"{x(size):.1f},{y(costs[name]):.1f}" for size, costs in sorted(rows))
            dashes = f' stroke-dasharray="{_DASHES[kind]}"' if _DASHES[kind] else ""
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{_COLOURS[index]}" stroke-width="2"{dashes}/>'
            )
        beside = _WIDTH - _RIGHT + 16
        parts.append(f'<text x="{beside}" y="{_TOP + 12 + 20 * index}" fill="{_COLOURS[index]}">{name}</text>')
    for index, kind in enumerate(measured):
        height, beside = _TOP + 120 + 20 * index, _WIDTH - _RIGHT + 16
        dashes = f' stroke-dasharray="{_DASHES[kind]}"' if _DASHES[kind] else ""
        parts.append(
            f'<line x1="{beside}" x2="{beside + 30}" y1="{height - 4}" y2="{height - 4}" stroke="#57606a"'
            f' stroke-width="2"{dashes}/>'
        )
        parts.append(f'<text x="{beside + 38}" y="{height}" fill="#57606a">{_NAMES[kind]}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _round_up(most: float) -> float:
    """A little above, with quarters that read well."""
    for top in (0.4, 1, 2, 4, 8, 12, 20, 40, 80, 120, 200, 400):
        if most <= top:
            return top
    return most
