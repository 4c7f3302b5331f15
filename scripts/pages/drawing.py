"""An architecture as an SVG picture. The same architecture gives the same bytes."""

from __future__ import annotations

from xml.sax.saxutils import escape

from pages.architecture import Architecture, Component

WIDTH, LABEL, GAP = 1000, 104, 12
BOX, LINE, PAD = 132, 15, 10
A_ROW = 6  # boxes side by side
COLOURS = ("#e3f2fd", "#ede7f6", "#e8f5e9", "#fff8e1", "#fce4ec", "#e0f2f1", "#f3e5f5", "#fbe9e7")
STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#263238}"
    ".title{font-size:18px;font-weight:600}.tier{font-size:12px;font-weight:600;fill:#546e7a}"
    ".name{font-size:13px;font-weight:600}.fact{font-size:11px;fill:#455a64}"
    ".box{fill:#ffffff;stroke:#78909c}.need{fill:none;stroke:#90a4ae;stroke-width:1.3}"
    ".note{font-size:11px;fill:#607d8b}"
)
Place = tuple[float, float, float]  # left, top, height


def draw(architecture: Architecture) -> str:
    """The picture."""
    bands: list[str] = []
    boxes: list[str] = []
    places: dict[str, Place] = {}
    top = 58.0
    rows = dict(architecture.tiers)
    drawn = [*rows.items()]
    if architecture.containers:
        drawn.append(("on each host", architecture.containers))
    for number, (tier, components) in enumerate(drawn):
        height = 0.0
        begun = top
        for start in range(0, len(components), A_ROW):
            chunk = components[start : start + A_ROW]
            tall = max(_height(component) for component in chunk)
            left = LABEL + (WIDTH - LABEL - 24 - len(chunk) * (BOX + GAP) + GAP) / 2
            for component in chunk:
                y = begun + 14 + height
                boxes += _box(component, left, y, tall)
                if tier in rows:
                    places[component.name] = (left, y, tall)
                left += BOX + GAP
            height += tall + 14
        height += 14
        colour = COLOURS[number % len(COLOURS)]
        bands.append(
            f'<rect x="8" y="{begun:g}" width="{WIDTH - 16}" height="{height:g}" rx="8" '
            f'fill="{colour}"/>'
        )
        bands.append(f'<text class="tier" x="20" y="{begun + height / 2 + 4:g}">{tier}</text>')
        top = begun + height + 26
    lines = _needs(architecture, places)
    whole = top - 8
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole:g}" role="img" '
        f'aria-label="Architecture of {escape(architecture.title)}">'
    )
    return "\n".join(
        [
            head,
            f"<style>{STYLE}</style>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#90a4ae"/>'
            "</marker></defs>",
            f'<rect width="{WIDTH}" height="{whole:g}" rx="10" fill="#fafafa"/>',
            f'<text class="title" x="20" y="30">{escape(architecture.title)}</text>',
            '<text class="note" x="20" y="48">Tiers converge from top to bottom, what stands in a '
            "tier side by side. An arrow leads to what is needed; all need state.</text>",
            *bands,
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


def _height(component: Component) -> float:
    other = component.role not in (component.name, "container")
    return 2 * PAD + LINE * (1 + other + len(component.facts))


def _box(component: Component, left: float, top: float, tall: float) -> list[str]:
    shape = f'<rect class="box" x="{left:g}" y="{top:g}" width="{BOX}" height="{tall:g}" rx="6"/>'
    facts = list(component.facts)
    if component.role not in (component.name, "container"):
        facts.insert(0, f"({component.role})")
    middle = left + BOX / 2
    y = top + (tall - LINE * len(facts)) / 2 + 4
    lines = [shape, _text("name", middle, y, component.name)]
    return lines + [
        _text("fact", middle, y + LINE * number, fact) for number, fact in enumerate(facts, 1)
    ]


def _text(kind: str, x: float, y: float, content: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="middle">{escape(content)}</text>'


def _needs(architecture: Architecture, places: dict[str, Place]) -> list[str]:
    """A curve from each component to each one that it needs, ends spread along the boxes."""
    pairs = [
        (component.name, need)
        for components in architecture.tiers.values()
        for component in components
        for need in sorted(component.needs, key=lambda name: places[name])
    ]
    lines = []
    for name, need in pairs:
        outward = [other for this, other in pairs if this == name]
        inward = sorted((this for this, other in pairs if other == need), key=lambda n: places[n])
        x1 = places[name][0] + BOX * (outward.index(need) + 1) / (len(outward) + 1)
        x2 = places[need][0] + BOX * (inward.index(name) + 1) / (len(inward) + 1)
        y1, y2 = places[name][1], places[need][1] + places[need][2] + 2
        bend = max((y1 - y2) / 2, 18)
        lines.append(
            f'<path class="need" marker-end="url(#tip)" d="M{x1:g} {y1:g}C{x1:g} {y1 - bend:g} '
            f'{x2:g} {y2 + bend:g} {x2:g} {y2:g}"/>'
        )
    return lines
