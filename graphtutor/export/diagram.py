"""A graph as DOT text in the look of a lecture: on every edge the value above in green, the gradient below in red.

Graphviz puts an edge's label beside the edge. So each label is a node of its own that sits in the middle of the edge: a
table of three rows, of which the middle one, a thin line, continues the edge. Sizes are given for every box, from an
estimate of the text's width: the drawing is then the same with every font and at every step of a run.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from html import escape
from math import ceil
from typing import Any

from numpy import ndim

from graphtutor.explain.formula import output_called
from graphtutor.explain.numerals import DASH, written
from graphtutor.explain.words import sentence
from graphtutor.export.moment import Moment
from graphtutor.gates import Role
from graphtutor.graph import Edge, Node

FONT = "Helvetica,Arial,sans-serif"
INK, PALE = "#222222", "#666666"
VALUE, GRADIENT = "#006B1B", "#C00D1E"
NAME_SIZE, NUMBER_SIZE, CONSTANT_SIZE, ROLE_SIZE, TITLE_SIZE = 20, 15, 16, 10, 20
SIGN_SIZE, WORD_SIZE, COPY_SIZE = 34, 21, 13
"""How large `+`, `exp` and `copy` stand on their gates."""
WIDEST_LINE = 26
"""Characters after which a list of numbers is broken."""

# Okabe and Ito's colours, pale as a fill and dark as an outline; they differ in lightness too.
LOOK = {
    Role.DISTRIBUTOR: ("#D3E9F8", "#1B6CA8"),
    Role.ADDER:       ("#ECECEC", "#444444"),
    Role.ROUTER:      ("#FFE7B0", "#A86400"),
    Role.SWITCHER:    ("#F0D5E6", "#8C3B72"),
    Role.SCALER:      ("#CBEBDD", "#00684E"),
    Role.STOPPER:     ("#FFFFFF", "#444444"),
}  # fmt: skip
FAULT = "#D40000"

LINE = 2
"""How thick an edge is. Graphviz rounds to whole points: only an even thickness stays level across a label."""

OVERLAP = 4
"""How far an edge runs into the line of its label; Graphviz may stop one point short of where it is sent."""

PORTS = {"LR": ("w", "e"), "RL": ("e", "w"), "TB": ("n", "s"), "BT": ("s", "n")}
"""Where the line enters and leaves a label, by direction."""

COMMUTATIVE = frozenset({"add", "mul", "maximum", "minimum"})
"""Gates whose slots need not stand in order where that would cross edges."""

SIGNS = {"*": "\N{MULTIPLICATION SIGN}", "-": "\N{MINUS SIGN}"}
"""Signs that print larger and lower than those of a keyboard."""


def dot(moment: Moment, dpi: int | None = None) -> str:
    """Return the DOT text."""
    import graphviz

    options, tree = moment.options, _is_tree(moment)
    drawing = graphviz.Digraph(
        graphviz.escape(textwrap.shorten(clean(options.title or moment.graph.text or str(moment.graph)), 200)),
        graph_attr={
            "rankdir": options.rankdir,
            "bgcolor": options.background,
            "nodesep": "0.2",
            "ranksep": "0.3" if tree else "0.4",
            "pad": "0.15",
            "fontname": FONT,
            **({"ordering": "in"} if tree else {}),
            **({"dpi": str(dpi)} if dpi else {}),
            **(_title(options.title) if options.title else {}),
        },
        node_attr={"fontname": FONT, "fontcolor": INK, "shape": "plain"},
        edge_attr={"color": INK, "penwidth": str(LINE), "arrowsize": "0.7"},
    )
    for node in moment.nodes():
        drawing.node(node.id, **_node(moment, node))
    drawing.node("out", label=_html(_text(output_called(moment.graph), NAME_SIZE, bold=True), padding=4))
    for edge in moment.edges():
        _edge(drawing, moment, edge)
    _last(drawing, moment)
    return str(drawing.source)


def _title(title: str) -> dict[str, str]:
    rows = "<BR/>".join(_text(line, TITLE_SIZE) for line in title.split("\n"))
    return {"label": f"<{rows}>", "labelloc": "t"}


def _node(moment: Moment, node: Node) -> dict[str, str]:
    match node.gate.name:
        case "input":
            rows = [_text(node.label, NAME_SIZE, bold=True)]
            if moment.numbers and _folded(moment, node):
                rows.append(_lines(moment.grad(node.index), GRADIENT) or _text(" ", NUMBER_SIZE))
            return {"label": _html(*rows, padding=4)}
        case "constant":
            text = written(node.constant) if ndim(node.constant) else node.label
            return {"label": _html(*(_text(line, CONSTANT_SIZE, PALE) for line in lines(text)), padding=3)}
    return _gate(moment, node)


def _folded(moment: Moment, node: Node) -> bool:
    """Whether a copy gate behind this node is left out: then the total of its gradients is on no edge."""
    uses = moment.graph.uses[node.index]
    return not moment.options.copies and bool(uses) and moment.graph.nodes[uses[0].target].gate.name == "copy"


def _gate(moment: Moment, node: Node) -> dict[str, str]:
    fill, outline = LOOK[node.gate.role]
    symbol = SIGNS.get(node.gate.symbol, node.gate.symbol)
    small = node.gate.name == "copy"
    size = COPY_SIZE if small else SIGN_SIZE if not any(map(str.isalnum, symbol)) else WORD_SIZE
    role = sentence(moment.options.lang, "roles", node.gate.role) if moment.options.roles else ""
    role = role.partition("(")[0]  # a circle has no room for the English word besides
    rows = [_text(symbol, size, bold=not small), *([_text(role, ROLE_SIZE)] if role else [])]
    across = (48 if role else 42) if small else (68 if role else 54)
    shape = {"shape": "circle", "style": "filled", "width": inches(across), "height": inches(across)}
    if width(symbol, size) > across - 14:
        wide = max(width(symbol, size), width(role, ROLE_SIZE)) + 20
        shape = {
            "shape": "box",
            "style": "filled,rounded",
            "width": inches(even(wide)),
            "height": inches(54 if role else 42),
        }
    faulty = moment.faulty(node.index)
    return shape | {
        "label": _html(*rows, padding=0, spacing=2),
        "fixedsize": "true",
        "fillcolor": fill,
        "color": FAULT if faulty else outline,
        "penwidth": "4" if faulty else "1.5",
        **({} if len(node.args) < 2 or node.gate.name in COMMUTATIVE else {"ordering": "in"}),
    }


def _is_tree(moment: Moment) -> bool:
    """Whether every value is used once, so that all slots can stand in order without a crossing."""
    return all(len(uses) < 2 for uses in moment.graph.uses)


def _edge(drawing: Any, moment: Moment, edge: Edge) -> None:
    source, target = moment.graph.nodes[edge.source], moment.graph.nodes[edge.target]
    if not moment.numbers:
        drawing.edge(source.id, target.id)
        return
    grad = moment.run.contribution_at(edge.target, edge.slot) if moment.run else None
    named = None if source.gate.is_source or source.gate.name == "copy" else source.name
    label = f"e{edge.target}_{edge.slot}"
    drawing.node(label, label=_label(moment, source, named, moment.contribution(edge), grad))
    enter, leave = PORTS[moment.options.rankdir]
    drawing.edge(source.id, f"{label}:l:{enter}", arrowhead="none", weight="4")
    drawing.edge(f"{label}:l:{leave}", target.id)


def _last(drawing: Any, moment: Moment) -> None:
    output = moment.graph.nodes[moment.graph.output]
    if not moment.numbers:
        drawing.edge(output.id, "out", weight="8")
        return
    grad = moment.run.grad_at(output.index) if moment.run else None
    drawing.node("last", label=_label(moment, output, None, moment.grad(output.index), grad))
    enter, leave = PORTS[moment.options.rankdir]
    drawing.edge(output.id, f"last:l:{enter}", arrowhead="none", weight="8")
    drawing.edge(f"last:l:{leave}", "out", weight="8")


def _label(moment: Moment, source: Node, named: str | None, gradient: str, final: Any) -> str:
    """Return the label of an edge. `final` is the gradient after the last step: every step gets the same room."""
    assert moment.run is not None
    name = f"{named} = " if named else ""
    values, grads = lines(written(moment.run.value_at(source.index))), lines(written(final))
    wide = even(max(width(line, NUMBER_SIZE) for line in (name + values[0], *values[1:], *grads)) + 6)
    high = even(max(len(values), len(grads)) * NUMBER_SIZE * 1.25 + 4)
    above, below = _lines(moment.value(source.index), VALUE, name), _lines(gradient, GRADIENT)
    cell = f'TD WIDTH="{wide}" HEIGHT="{high}"'
    if moment.options.rankdir in ("LR", "RL"):
        rows = f'<{cell} VALIGN="BOTTOM">{above}</TD></TR><TR><TD>{_line(wide, LINE)}</TD></TR><TR><{cell}>{below}</TD>'
    else:
        above, below = f'<{cell} ALIGN="RIGHT">{above}&#160;</TD>', f'<{cell} ALIGN="LEFT">&#160;{below}</TD>'
        rows = f"{above}<TD>{_line(LINE, high)}</TD>{below}"
    return f"<{_table()}<TR>{rows}</TR></TABLE>>"


def _line(wide: int, high: int) -> str:
    """Return the line through a label. Edges end at the port in its middle part, so that they meet without a gap."""
    level = wide > high
    inner = (wide - 2 * OVERLAP, high) if level else (wide, high - 2 * OVERLAP)
    end = (OVERLAP, high) if level else (wide, OVERLAP)
    cells = [
        f'<TD{port} FIXEDSIZE="TRUE" WIDTH="{w}" HEIGHT="{h}"></TD>'
        for port, (w, h) in (("", end), (' PORT="l"', inner), ("", end))
    ]
    rows = "".join(cells) if level else "</TR><TR>".join(cells)
    return f"{_table(color=INK)}<TR>{rows}</TR></TABLE>"


def _table(*, padding: int = 0, spacing: int = 0, color: str | None = None) -> str:
    fill = f' BGCOLOR="{color}"' if color else ""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="{padding}"{fill}>'


def _lines(text: str, color: str, name: str = "") -> str:
    if not text:
        return ""
    if text == DASH:
        text = "\N{EN DASH}"
    return (_text(name, NUMBER_SIZE, PALE) if name else "") + "<BR/>".join(
        _text(line, NUMBER_SIZE, color) for line in lines(text)
    )


def lines(text: str) -> list[str]:
    """Break a written array: a matrix into its rows, a long row after some numbers."""
    return [part for row in text.replace("], [", "],\n[").split("\n") for part in textwrap.wrap(row, WIDEST_LINE)]


def _html(*rows: str, padding: int, spacing: int = 0) -> str:
    cells = "".join(f"<TR><TD>{row}</TD></TR>" for row in rows)
    return f"<{_table(padding=padding, spacing=spacing)}{cells}</TABLE>>"


def _text(text: str, size: int, color: str = INK, *, bold: bool = False) -> str:
    # Even in markup Graphviz reads `\N` as the node's id, and it refuses markup around nothing.
    inner = escape(clean(text)).replace("\\", "\\\\") or " "
    inner = f"<B>{inner}</B>" if bold else inner
    return f'<FONT POINT-SIZE="{size}" COLOR="{color}">{inner}</FONT>'


def clean(text: str) -> str:
    """Replace the characters that XML forbids."""
    return _FORBIDDEN.sub("\ufffd", text)


_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def width(text: str, size: float) -> float:
    """Estimate the width of a text in points, generously: digits of the widest usual font, Korean letters square."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.64 for c in text) * size


def even(points: float) -> int:
    """Round up to an even number of points."""
    return 2 * ceil(points / 2)


def inches(points: float) -> str:
    """Write a length as Graphviz takes it."""
    return f"{points / 72:.3f}"
