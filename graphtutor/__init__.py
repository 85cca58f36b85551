"""Computational graphs and backpropagation, taught in the terminal.

`graphtutor.parse("f = (x + y) * z").run(x=-2, y=5, z=-4)` runs a graph forward and backward; `var("x", 2.0)` makes a
value that records what is done with it. Every function of the vocabulary (`graphtutor.sigmoid`, ...) is here as well.
Nothing is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # not typing's own: importing typing takes longer than the rest of `graphtutor --help`
if TYPE_CHECKING:
    from typing import Any

    from graphtutor.engine.check import GradCheck as GradCheck
    from graphtutor.engine.check import check_grad as check_grad
    from graphtutor.engine.compiled import Program as Program
    from graphtutor.engine.compiled import compile as compile
    from graphtutor.engine.run import Run as Run
    from graphtutor.engine.transform import elementwise_grad as elementwise_grad
    from graphtutor.engine.transform import grad as grad
    from graphtutor.engine.transform import hessian as hessian
    from graphtutor.engine.transform import jacobian as jacobian
    from graphtutor.engine.transform import jvp as jvp
    from graphtutor.engine.transform import trace as trace
    from graphtutor.engine.transform import value_and_grad as value_and_grad
    from graphtutor.engine.value import Value as Value
    from graphtutor.engine.value import var as var
    from graphtutor.engine.value import without_collection as without_collection
    from graphtutor.errors import GraphtutorError as GraphtutorError
    from graphtutor.export import export as export
    from graphtutor.expr.parse import parse as parse
    from graphtutor.graph import Graph as Graph
    from graphtutor.graph.view import from_networkx as from_networkx
    from graphtutor.report import from_json as from_json
    from graphtutor.timeline import Timeline as Timeline

__version__ = "0.1.0"

_WHERE = {
    "GradCheck": "graphtutor.engine.check",
    "check_grad": "graphtutor.engine.check",
    **dict.fromkeys(
        ("elementwise_grad", "grad", "hessian", "jacobian", "jvp", "trace", "value_and_grad"),
        "graphtutor.engine.transform",
    ),
    "Program": "graphtutor.engine.compiled",
    "compile": "graphtutor.engine.compiled",
    "Graph": "graphtutor.graph",
    "GraphtutorError": "graphtutor.errors",
    "Run": "graphtutor.engine.run",
    "Timeline": "graphtutor.timeline",
    "Value": "graphtutor.engine.value",
    "export": "graphtutor.export",
    "from_json": "graphtutor.report",
    "from_networkx": "graphtutor.graph.view",
    "parse": "graphtutor.expr.parse",
    "var": "graphtutor.engine.value",
    "without_collection": "graphtutor.engine.value",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        found = getattr(import_module(_WHERE[name]), name)
    else:
        from graphtutor.gates import functions

        if name.startswith("_") or name not in functions():
            raise AttributeError(f"module 'graphtutor' has no attribute {name!r}")
        from graphtutor.engine.functions import function

        found = function(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    from graphtutor.gates import functions

    return sorted({*globals(), *_WHERE, *functions()})
