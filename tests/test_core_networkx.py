"""The networkx view of a graph, with and without the numbers of a run."""

from __future__ import annotations

import networkx as nx

import graphtutor as gt

GRAPH = gt.parse("q = x * x; f = q + 3 * y")
PLAIN = {"options", "gate", "role", "label", "name", "shape"}


def test_structure():
    view = GRAPH.to_networkx()
    assert type(view) is nx.MultiDiGraph and nx.is_directed_acyclic_graph(view)
    assert list(view) == [node.id for node in GRAPH.nodes]
    assert set(view.edges(keys=True)) == {(f"n{e.source}", f"n{e.target}", e.slot) for e in GRAPH.edges()}
    assert list(nx.lexicographical_topological_sort(view, key=lambda n: int(n[1:]))) == list(view)


def test_a_value_used_twice_by_one_gate_has_two_edges():
    view = GRAPH.to_networkx()
    (mul,) = (n for n, gate in view.nodes(data="name") if gate == "q")
    (source,) = set(view.predecessors(mul))
    assert view.nodes[source]["gate"] == "copy" and view.nodes[source]["role"] == "adder"
    assert set(view[source][mul]) == {0, 1}
    assert view.in_degree(mul) == 2 and view.out_degree(source) == 2


def test_attributes_without_a_run_hold_no_numbers():
    view = GRAPH.to_networkx()
    assert all(set(data) == PLAIN and data["shape"] is None for _, data in view.nodes(data=True))
    assert all(set(data) == {"slot"} and data["slot"] == key for *_, key, data in view.edges(keys=True, data=True))
    by_label = {data["label"]: data for _, data in view.nodes(data=True)}
    assert by_label["x"] == {"gate": "input", "role": "source", "label": "x", "name": "x", "shape": None, "options": {}}
    assert by_label["3"]["gate"] == "constant"
    assert by_label["+"] == {
        "gate": "add",
        "role": "distributor",
        "label": "+",
        "name": "f",
        "shape": None,
        "options": {},
    }


def test_with_a_run_values_and_gradients_are_there():
    run = GRAPH.run(x=2, y=5)
    view = GRAPH.to_networkx(run)
    assert all(set(data) == PLAIN | {"value", "grad"} for _, data in view.nodes(data=True))
    assert all(set(data) == {"slot", "value", "grad"} for *_, data in view.edges(data=True))
    named = {data["name"]: data for _, data in view.nodes(data=True) if data["name"]}
    assert {name: (data["value"], data["grad"], data["shape"]) for name, data in named.items()} == {
        "x": (2.0, 4.0, ()),
        "y": (5.0, 3.0, ()),
        "q": (4.0, 1.0, ()),
        "f": (19.0, 1.0, ()),
    }
    for node, data in view.nodes(data=True):
        sent_back = [edge["grad"] for *_, edge in view.out_edges(node, data=True)]
        if data["gate"] != "constant" and sent_back:
            assert data["grad"] == sum(sent_back)
        assert all(edge["value"] == data["value"] for *_, edge in view.out_edges(node, data=True))
    constant = next(data for _, data in view.nodes(data=True) if data["gate"] == "constant")
    assert constant["grad"] is None


def test_the_view_is_a_copy():
    view = GRAPH.to_networkx()
    view.remove_node("n0")
    assert len(GRAPH.to_networkx()) == len(GRAPH.nodes)
