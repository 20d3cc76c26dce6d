"""Reliability diagrams as small SVG files that follow the reader's light or dark page."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIDE, EDGE = 220, 34
BINS = 10
_STYLE = (
    "<style>text{font:11px system-ui,sans-serif;fill:#444}.a{stroke:#999;fill:none}.d{stroke:#999;stroke-dasharray:3 4}"
    ".l{stroke:#0b6e4f;fill:none;stroke-width:2}.p{fill:#0b6e4f}.h{fill:#0b6e4f;opacity:.15}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}.l{stroke:#5fd3a8}.p,.h{fill:#5fd3a8}}</style>"
)


def error(chance: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error over ten equal bins: the mean gap between what is said and what happens."""
    place = np.clip((chance * BINS).astype(int), 0, BINS - 1)
    gaps = [
        (place == b).sum() * abs(float(chance[place == b].mean()) - float(truth[place == b].mean()))
        for b in range(BINS)
        if (place == b).any()
    ]
    return float(sum(gaps) / len(chance))


def reliability(path: Path, panels: list[tuple[str, np.ndarray, np.ndarray]]) -> None:
    """One panel each: title, chances given, what was true. Bars show how many cases fall in each tenth."""
    width = len(panels) * (SIDE + 2 * EDGE)
    parts = [_panel(number * (SIDE + 2 * EDGE) + EDGE, *panel) for number, panel in enumerate(panels)]
    height = SIDE + 2 * EDGE + 16
    alt = "; ".join(f"{title}: calibration error {error(c, t):.3f}" for title, c, t in panels)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">'
        f"<title>{alt}</title>{_STYLE}{''.join(parts)}</svg>\n",
        encoding="utf-8",
    )


def _panel(left: int, title: str, chance: np.ndarray, truth: np.ndarray) -> str:
    place = np.clip((chance * BINS).astype(int), 0, BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    marks, bars, line = [], [], []
    for b in range(BINS):
        tall = SIDE * counts[b] / max(1, counts.max())
        x, y, wide = left + b * SIDE / BINS, EDGE + SIDE - tall, SIDE / BINS - 1
        bars.append(f'<rect class="h" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>')
        if counts[b] >= 5:
            x = left + SIDE * float(chance[place == b].mean())
            y = EDGE + SIDE * (1 - float(truth[place == b].mean()))
            line.append(f"{x:.1f},{y:.1f}")
            marks.append(f'<circle class="p" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    low, half = EDGE + SIDE, SIDE / 2
    return (
        f'<text x="{left}" y="16">{title}</text>'
        f'<text x="{left}" y="29">n {len(chance)}, error {error(chance, truth):.3f}</text>'
        f'{"".join(bars)}<rect class="a" x="{left}" y="{EDGE}" width="{SIDE}" height="{SIDE}"/>'
        f'<line class="d" x1="{left}" y1="{low}" x2="{left + SIDE}" y2="{EDGE}"/>'
        f'<polyline class="l" points="{" ".join(line)}"/>{"".join(marks)}'
        f'<text x="{left}" y="{low + 14}">0</text><text x="{left + SIDE - 6}" y="{low + 14}">1</text>'
        f'<text x="{left + half - 20}" y="{low + 14}">said</text>'
        f'<text x="{left - 26}" y="{EDGE + half}">true</text>'
    )
