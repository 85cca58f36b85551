"""Deep and wide graphs: nothing recurses over the graph, nothing grows with the square of its size."""

from __future__ import annotations

import copy
import pickle
import sys

import pytest

import graphtutor as gt

LINKS = 100_000


@pytest.fixture(scope="module")
def chain() -> tuple[gt.Value, gt.Value]:
    x = gt.var("x", 0.5)
    total = x
    for _ in range(LINKS):
        total = total + 1.0
    return x, total


@pytest.fixture(scope="module")
def long_graph(chain) -> gt.Graph:
    return chain[1].graph


def test_the_gradient_travels_a_long_chain(chain):
    x, total = chain
    total.backward()
    assert (total.value, x.grad, total.grad) == (LINKS + 0.5, 1.0, 1.0)


def test_a_long_graph_is_written(long_graph):
    text = str(long_graph)
    assert text == "f = x" + " + 1" * LINKS


def test_a_long_graph_runs_again(shorter_graph):
    run = shorter_graph.run(x=2.0)
    assert (run.value(), run.grad("x")) == (2.0, 1.0)
    assert len(run.timeline) == len(shorter_graph.nodes)


@pytest.fixture(scope="module")
def shorter_graph() -> gt.Graph:
    """Still far deeper than Python's recursion limit."""
    links = 10 * sys.getrecursionlimit()
    total = gt.var("x", 0.5)
    for _ in range(links):
        total = total * 1.0
    return total.graph


def test_long_graphs_are_compared(long_graph):
    assert long_graph == copy.copy(long_graph)
    assert long_graph != gt.parse("f = x")


def test_long_graphs_are_copied_and_pickled(shorter_graph):
    assert copy.deepcopy(shorter_graph) == shorter_graph
    assert pickle.loads(pickle.dumps(shorter_graph)) == shorter_graph
    assert repr(shorter_graph) == f"<Graph f: {len(shorter_graph.nodes)} nodes, inputs x>"


def test_a_long_graph_becomes_a_networkx_graph(shorter_graph):
    view = shorter_graph.to_networkx()
    size = len(shorter_graph.nodes)
    assert (view.number_of_nodes(), view.number_of_edges()) == (size, size - 1)


def test_sixty_doublings_are_sixty_gates():
    x = gt.var("x", 1.0)
    value = x
    for _ in range(60):
        value = value + value
    value.backward()
    assert (value.value, x.grad) == (2.0**60, 2.0**60)
    assert sum(node.gate.name == "add" for node in value.graph.nodes) == 60
    text = "y = x; " + "y = y + y; " * 60
    graph = gt.parse(text)
    assert sum(node.gate.name == "add" for node in graph.nodes) == 60
    assert graph.run(x=1.0).grad("x") == 2.0**60
    assert gt.parse(str(graph)) == graph


def test_two_thousand_statements():
    text = "a0 = x\n" + "\n".join(f"a{i} = a{i - 1} * 1 + x" for i in range(1, 2000))
    graph = gt.parse(text)
    run = graph.run(x=3.0)
    assert (run.value(), run.grad("x")) == (6000.0, 2000.0)
    assert gt.parse(str(graph)) == graph


def test_one_value_used_ten_thousand_times():
    x = gt.var("x", 2.0)
    total = x
    for _ in range(10_000):
        total = total + x
    total.backward()
    assert x.grad == 10_001.0
    copies = [node for node in total.graph.nodes if node.gate.name == "copy"]
    assert [len(total.graph.uses[node.index]) for node in copies] == [10_001]
