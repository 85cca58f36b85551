"""`graphtutor explain`: what it prints, its JSON contract, and how it meets every kind of wrong input."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from oracles import strict_json

from graphtutor.cli import main


def explain(capsys, *argv: str):
    """Run the command; return its exit code, standard output and standard error."""
    try:
        code = main(["explain", *argv])
    except SystemExit as left:
        code = left.code
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out, said.err


# text and values -> column (None where there is none), what the message must say
REFUSED = {
    "empty": ([""], None, "is empty; write for example"),
    "blank": (["  \t "], None, "is empty"),
    "only a comment": (["# f = x"], None, "is empty"),
    "product without sign": (["f = 2x", "x=1"], 5, "write `2*x`"),
    "product with an exponent": (["f = 2.5e3x", "x=1"], 5, "write `2.5e3*x`"),
    "number before a bracket": (["f = 2(x)", "x=1"], 5, "write `*`"),
    "name before a bracket": (["f = x(y)", "x=1", "y=1"], 5, "write `x*(...)`"),
    "caret": (["f = x^2", "x=1"], 7, "write `**`"),
    "import": (["import os"], 1, "`import` is not an expression"),
    "from import": (["from os import path"], 1, "`import` is not an expression"),
    "dunder": (["__class__"], 1, "must begin with a letter"),
    "attribute": (["x.__class__", "x=1"], 1, "attributes"),
    "near miss of a function": (["f = sigmiod(x)", "x=1"], 5, "did you mean 'sigmoid'"),
    "unknown function": (["f = zzzzz(x)", "x=1"], 5, "known are: abs"),
    "missing value": (["f = x + y", "x=1"], None, "add for example: y=1"),
    "near miss of a name": (["f = x + y", "x=1", "y=1", "yy=2"], None, "did you mean 'y'?"),
    "value for a name not there": (["f = x", "x=1", "q=2"], None, "the inputs are x"),
    "value for an unused name": (["g = y*2; f = x", "x=1", "y=2"], None, "not an input"),
    "value without a name": (["f = x", "1"], None, "write name=number"),
    "value that is no number": (["f = x", "x=abc"], None, "0.5, 1/3"),
    "value twice": (["f = x", "x=1", "x=2"], None, "two values are given for 'x'"),
    "value missing": (["f = x", "x="], None, "a number is missing"),
    "ragged list": (["f = x", "x=[1,[2]]"], None, "'[1,[2]]' is no number"),
    "decimal comma": (["f = x", "x=0,5"], None, "a decimal point, not a comma"),
    "bracket not closed": (["f = (x", "x=1"], 5, "never closed"),
    "bracket not opened": (["f = x)", "x=1"], 6, "does not match"),
    "wrong bracket": (["f = (x]", "x=1"], 7, "does not match"),
    "two names": (["a = b = c", "c=1"], 1, "one name per statement"),
    "conditional": (["f = x if y else z"], 5, "`where(c, a, b)`"),
    "comparison": (["f = x > y"], 5, "first input of `where`"),
    "chained comparison": (["f = where(0 < x < 1, x, y)"], 11, "one comparison at a time"),
    "and": (["f = where(x > 0 and y > 0, x, y)"], 11, "`logical_and(a > 0, b > 0)`"),
    "not": (["f = not x"], 5, "turn the two branches"),
    "lambda": (["f = lambda x: x"], 5, "write its body"),
    "def": (["def f(x): return x"], 1, "write its body"),
    "walrus": (["f = (y := x)"], 6, "statement of its own"),
    "f-string": (["f = f'{x}'"], 5, "text is not a number"),
    "string": (["f = 'x'"], 5, "not a real number"),
    "complex": (["f = 1j*x"], 5, "not a real number"),
    "truth": (["f = True*x"], 5, "not a real number"),
    "comprehension": (["f = [i for i in x]"], 5, "comprehension"),
    "generator": (["f = exp(i for i in x)", "x=1"], 8, "comprehension"),
    "star argument": (["f = max(*x)"], 9, "`*` before a value"),
    "keyword argument": (["f = exp(y, x=1)"], 5, "no option 'x'; it takes none"),
    "too many arguments": (["f = max(x, y, z)"], 5, "max(a, max(b, c))"),
    "too few arguments": (["f = exp()"], 5, "takes 1 input, not 0"),
    "index that is computed": (["f = x[y]"], 7, "an index is a whole number"),
    "unknown option": (["f = sum(x, aksis=0)"], 5, "it takes axis"),
    "option that is computed": (["f = sum(x, axis=y)"], 17, "an option is a plain number"),
    "floor division": (["f = x // y"], 10, "write `/`"),
    "remainder": (["f = x % y"], 9, "`mod(a, b)`"),
    "assign twice at once": (["a, b = x, y"], 1, "must be one name"),
    "in place": (["x += 1"], 1, "write it out: x = x + ..."),
    "annotation": (["f: int = x"], 1, "must be one name"),
    "unicode operator": (["f = x × y"], 7, "means nothing"),
    "unicode minus": (["f = x − y"], 7, "means nothing"),
    "superscript": (["f = x²"], 6, "means nothing"),
    "operator missing": (["f = x y"], 7, "write for example `x*y`"),
    "semicolon missing": (["f = x*y x=1 y=2"], 9, "write `; x = ...`"),
    "semicolon missing after a number": (["x=1 f=x"], 5, "write `; f = ...`"),
    "half an expression": (["f = x +", "x=1"], 8, "not an expression"),
    "leading zero": (["f = 07*x"], 5, "write `7`, not `07`"),
    "use before definition": (["f = y + 1; y = x*2", "x=1"], 5, "move that statement up"),
    "second line": (["a = x\nf = a + 2b", "x=1"], 9, "line 2, column 9"),
    "on an indented line": (["a = x\n   f = a^2", "x=1"], 10, "line 2, column 10"),
    "after a tab": (["f =\tx^2", "x=1"], 7, "write `**`"),
    "after wide letters": (["값 = x; f = 값^2", "x=1"], 14, "write `**`"),
    "nested brackets": (["f = " + "(" * 10_000 + "x" + ")" * 10_000, "x=1"], None, "nested too deeply"),
    "nested signs": (["f = " + "-" * 50_000 + "x", "x=1"], None, "nested too deeply"),
    "long power": (["f = " + "x**" * 50_000 + "x", "x=1"], None, "nested too deeply"),
    "long sum": (["f = " + "+".join(["x"] * 200_000), "x=1"], None, "nested too deeply"),
    "a megabyte of sum": (["f = " + "+".join(["x"] * 500_000), "x=1"], None, "too long"),
    "a megabyte of digits": (["f = " + "1" * 1_000_000], None, "too long"),
    "many digits": (["f = x + " + "1" * 400_000, "x=1"], 1, "too many digits"),
    "a number beyond float64": (["f = x + " + "1" * 4000, "x=1"], 9, "too large"),
    "zero byte": (["f = x\0", "x=1"], None, "zero byte"),
    "bytes that are no text": (["f = \udcff", "x=1"], None, "not UTF-8"),
    "value of bytes that are no text": (["f = x", "x=\udcff"], None, "is no number"),
    "name of bytes that are no text": (["f = x", "\udcff=1"], None, "write name=number"),
    "very long name": (["f = " + "a" * 100_000, "x=1"], None, "the inputs are aaa"),
    "only a name without value": (["f"], None, "add for example: f=1"),
    "missing file": (["nowhere.txt"], None, "there is no file 'nowhere.txt'"),
    "missing file in a folder": (["no/where.gt"], None, "there is no file 'no/where.gt'"),
    "folder": ([os.sep], None, "is a folder"),
    "unknown language": (["f = x", "x=1", "--lang", "kr"], None, "known are en, ko"),
    "unknown option of the command": (["f = x", "x=1", "--jsn"], None, "graphtutor explain --help|graphtutor --help"),
    "no expression": ([], None, "EXPR"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_one_paragraph_with_place_and_advice(case, capsys):
    argv, column, says = case
    code, out, err = explain(capsys, *argv)
    assert (code, out) == (2, "")
    assert err.startswith("graphtutor") and "\n\n" not in err and len(err.splitlines()) <= 4
    assert len(err) < 1200, "a message nobody reads"
    assert any(part in err for part in says.split("|")), err
    place = re.search(r"column (\d+)\)", err)
    assert (int(place.group(1)) if place else None) == column
    if column is not None and len(argv[0]) < 80:
        message, source, mark = err.rstrip("\n").rsplit("\n", 2)
        assert mark.strip() == "^"
        assert source[4:].replace(" ", "") == argv[0].split("\n")[-1].replace("\t", "").replace(" ", "")
        wide = sum(letter > "\u1100" and letter.isalpha() for letter in argv[0][: column - 1])  # two cells each
        assert mark.index("^") - 4 == column - 1 + wide and message


@pytest.mark.parametrize(
    ("argv", "value", "grads", "says"),
    [
        (["1/0"], "inf", {}, "divides by zero"),
        (["f = 1/x", "x=0"], "inf", {"x": "-inf"}, "divides by zero"),
        (["f = log(x)", "x=-1"], "nan", {"x": -1.0}, "log"),
        (["f = sqrt(x)", "x=-4"], "nan", {"x": "nan"}, "sqrt"),
        (["f = sqrt(x)", "x=0"], 0.0, {"x": "inf"}, "sqrt"),
        (["f = exp(x)", "x=1000"], "inf", {"x": "inf"}, "overflows"),
        (["f = x**0.5", "x=-1"], "nan", {"x": "nan"}, "**"),
        (["f = x", "x=inf"], "inf", {"x": 1.0}, "x is given as inf"),
        (["f = x", "x=nan"], "nan", {"x": 1.0}, "x is given as nan"),
        (["f = -log(x) * 2", "x=0"], "inf", {"x": "-inf"}, "log"),
    ],
)
def test_a_fault_does_not_stop_the_run_and_is_named(argv, value, grads, says, capsys):
    code, out, err = explain(capsys, "--json", *argv)
    assert code == 0
    found = strict_json(out)
    assert found["output"]["value"] == value
    assert {name: at["grad"] for name, at in found["inputs"].items()} == grads
    assert err.startswith("graphtutor: ") and says in err and err.count("\n") == 1
    code, out, _ = explain(capsys, *argv)
    assert code == 0 and out


@pytest.mark.parametrize(
    ("argv", "name", "value", "grads"),
    [
        (["exp = 2; f = exp*x", "x=3"], "f", 6.0, {"exp": 3.0, "x": 2.0}),
        (["exp = 2; f = exp(x) + exp", "x=0"], "f", 3.0, {"x": 1.0, "exp": 1.0}),
        (["f = e*x", "x=2"], "f", 5.43656365691809, {"x": 2.718281828459045}),
        (["f = e*x", "x=2", "e=3"], "f", 6.0, {"e": 2.0, "x": 3.0}),
        (["e = 3; f = e*x", "x=2"], "f", 6.0, {"e": 2.0, "x": 3.0}),
        (["pi = 3; f = pi*x", "x=2"], "f", 6.0, {"pi": 2.0, "x": 3.0}),
        (["f = cos(pi)"], "f", -1.0, {}),
        (["y = x; y = y + y; y = y + y", "x=3"], "y", 12.0, {"x": 4.0}),
        (["y = y + y; y = y + y", "y=3"], "y2", 12.0, {"y": 4.0}),
        (["x = 3; x = x*x"], "x2", 9.0, {"x": 6.0}),
        (["f = x", "x=2"], "f", 2.0, {"x": 1.0}),
        (["a = x*2; f = a", "x=2"], "f", 4.0, {"x": 2.0}),
        (["f = 3"], "f", 3.0, {}),
        (["f = (x+y)*z; x=-2; y=5; z=-4"], "f", -12.0, {"x": -4.0, "y": -4.0, "z": 3.0}),
        (["x=-2; y=5; f = (x+y)*z; z=-4", "z=1"], "f", 3.0, {"x": 1.0, "y": 1.0, "z": 3.0}),
        (["x*y", "x=2", "y=3"], "f", 6.0, {"x": 3.0, "y": 2.0}),
        (["f*2", "f=2"], "out", 4.0, {"f": 2.0}),
        (["α = x*β; f = α + 1", "x=2", "β=3"], "f", 7.0, {"x": 3.0, "β": 2.0}),
        (["f =\tx  *\ty # a product", "x=2", "y=3"], "f", 6.0, {"x": 3.0, "y": 2.0}),
        (["  a = x + 1\n    f = a*a", "x=1"], "f", 4.0, {"x": 4.0}),
        (["f = x**-1", "x=2"], "f", 0.5, {"x": -0.25}),
        (["f = -x**2", "x=3"], "f", -9.0, {"x": -6.0}),
        (["f = 2**3**2 + x", "x=0"], "f", 512.0, {"x": 1.0}),
        (["f = where(x > 0, 2*x, 3*x)", "x=-1"], "f", -3.0, {"x": 3.0}),
        (["f = where(x > 0, 1, 2)", "x=1"], "f", 1.0, {"x": None}),
        (["f = x*y", "x=1/4", "y=2*-3"], "f", -1.5, {"x": -6.0, "y": 0.25}),
        (["f = x", "x=−3"], "f", -3.0, {"x": 1.0}),
        (["f = x" + "+x" * 900, "x=1"], "f", 901.0, {"x": 901.0}),
    ],
    ids=lambda part: part[0][:40] if isinstance(part, list) else "",
)
def test_what_is_allowed_gives(argv, name, value, grads, capsys):
    code, out, err = explain(capsys, "--json", *argv)
    assert (code, err) == (0, "")
    found = strict_json(out)
    assert found["output"] == {"name": name, "value": pytest.approx(value, rel=1e-12)}
    assert {n: at["grad"] for n, at in found["inputs"].items()} == {
        n: None if g is None else pytest.approx(g, rel=1e-12) for n, g in grads.items()
    }


def test_statements_left_out_are_told(capsys):
    code, out, err = explain(capsys, "g = x*y; h = y + 1; f = x + 1", "x=1")
    assert code == 0 and "g =" not in out
    assert err == "graphtutor: f does not use g, h; left out of the graph\n"


def test_a_program_that_is_only_values_ends_in_the_last(capsys):
    code, out, err = explain(capsys, "--json", "x = 3; y = 4")
    assert code == 0 and strict_json(out)["output"] == {"name": "y", "value": 4.0}
    assert "y does not use x" in err


@pytest.mark.parametrize(
    "content",
    [
        b"f = (x + y) * z\n",
        b"\xef\xbb\xbff = (x + y) * z",
        b"# a comment\r\nq = x + y\r\n\r\nf = q * z  # another\r\n",
        b"\tq = x + y;\n\tf = q*z",
    ],
    ids=["plain", "BOM", "CRLF and comments", "tabs"],
)
def test_an_expression_may_stand_in_a_file(content, tmp_path, capsys):
    path = tmp_path / "expression.txt"
    path.write_bytes(content)
    code, out, err = explain(capsys, "--json", str(path), "x=-2", "y=5", "z=-4")
    assert (code, err) == (0, "")
    assert strict_json(out)["output"] == {"name": "f", "value": -12.0}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x80\x81\xff\x00", "is not UTF-8 text"),
        (b"f = x\0", "zero byte"),
        (b"", "is empty"),
        (b"f = 1" + b"0" * (5 * 2**20), "is too large"),
    ],
    ids=["binary", "zero byte", "empty", "large"],
)
def test_a_file_that_holds_no_expression(content, says, tmp_path, capsys):
    path = tmp_path / "odd.bin"
    path.write_bytes(content)
    code, out, err = explain(capsys, str(path))
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1


def test_a_folder_is_no_file(tmp_path, capsys):
    code, _, err = explain(capsys, str(tmp_path))
    assert code == 2 and "is a folder" in err


NODE = {"id", "gate", "role", "label", "name", "shape", "value", "grad"}
PROGRAMS = [
    ("f = (x + y) * z", ["x=-2", "y=5", "z=-4"]),
    ("f = x*x + sigmoid(x) - 3*x", ["x=0.5"]),
    ("c = a + b; d = b + 1; e = c * d", ["a=2", "b=1"]),
    ("f = where(x > y, relu(x), max(x, y))", ["x=1", "y=2"]),
    ("f = 1/x", ["x=0"]),
    ("f = 3", []),
    ("f = x", ["x=1"]),
]


@pytest.mark.parametrize(("text", "values"), PROGRAMS, ids=lambda part: part if isinstance(part, str) else "")
def test_json_contract(text, values, capsys):
    _, out, _ = explain(capsys, "--json", text, *values)
    found = strict_json(out)
    assert set(found) == {"format", "expression", "output", "inputs", "nodes", "edges", "steps"}
    assert found["format"] == 1 and found["expression"] == text
    assert set(found["output"]) == {"name", "value"}
    assert [set(at) for at in found["inputs"].values()] == [{"value", "grad"}] * len(found["inputs"])
    assert all(set(node) == NODE for node in found["nodes"])
    assert all(set(edge) == {"source", "target", "slot", "value", "grad"} for edge in found["edges"])
    assert all(set(step) == {"index", "kind", "node", "text", "formula", "numbers"} for step in found["steps"])

    nodes = {node["id"]: node for node in found["nodes"]}
    assert list(nodes) == [f"n{i}" for i in range(len(nodes))]
    assert [step["index"] for step in found["steps"]] == list(range(len(found["steps"])))
    assert {step["kind"] for step in found["steps"]} <= {"computed", "seeded", "sent", "summed"}
    assert {step["node"] for step in found["steps"]} <= nodes.keys()
    for node in nodes.values():
        into = [edge for edge in found["edges"] if edge["target"] == node["id"]]
        assert [edge["slot"] for edge in into] == list(range(len(into)))
        assert bool(into) == (node["gate"] not in ("input", "constant"))
        assert node["shape"] == []
        if node["gate"] == "input":
            assert found["inputs"][node["name"]] == {"value": node["value"], "grad": node["grad"]}
        if node["gate"] == "constant":
            assert node["grad"] is None and float(node["label"]) == node["value"]
    assert {node["name"] for node in nodes.values() if node["gate"] == "input"} == set(found["inputs"])
    for edge in found["edges"]:
        assert edge["value"] == nodes[edge["source"]]["value"]
    sent = sum(step["kind"] == "sent" for step in found["steps"])
    assert sent == sum(edge["grad"] is not None for edge in found["edges"])


def test_json_of_the_first_example_in_full(capsys):
    _, out, _ = explain(capsys, "--json", "q = x + y; f = q * z", "x=-2", "y=5", "z=-4")
    found = strict_json(out)
    assert found["output"] == {"name": "f", "value": -12.0}
    assert found["nodes"][3:] == [
        {"id": "n3", "gate": "add", "role": "distributor", "label": "+", "name": "q"}
        | {"shape": [], "value": 3.0, "grad": -4.0},
        {"id": "n4", "gate": "mul", "role": "switcher", "label": "*", "name": "f"}
        | {"shape": [], "value": -12.0, "grad": 1.0},
    ]
    assert {(e["source"], e["target"], e["slot"], e["value"], e["grad"]) for e in found["edges"]} == {
        ("n0", "n3", 0, -2.0, -4.0),
        ("n1", "n3", 1, 5.0, -4.0),
        ("n3", "n4", 0, 3.0, -4.0),
        ("n2", "n4", 1, -4.0, 3.0),
    }
    steps = [(step["kind"], step["formula"], step["numbers"]) for step in found["steps"]]
    assert steps == [
        ("computed", "q = x + y", "-2 + 5 = 3"),
        ("computed", "f = q * z", "3 * (-4) = -12"),
        ("seeded", "df/df", "1"),
        ("sent", "df/dq = df/df * z", "1 * (-4) = -4"),
        ("sent", "df/dz = df/df * q", "1 * 3 = 3"),
        ("sent", "df/dx = df/dq * 1", "-4 * 1 = -4"),
        ("sent", "df/dy = df/dq * 1", "-4 * 1 = -4"),
    ]


def test_a_gradient_that_was_not_computed_is_null(capsys):
    _, out, _ = explain(capsys, "--json", "f = where(c, 2*x, y)", "c=1", "x=3", "y=4")
    found = strict_json(out)
    assert found["inputs"] == {
        "c": {"value": 1.0, "grad": None},
        "x": {"value": 3.0, "grad": 2.0},
        "y": {"value": 4.0, "grad": 0.0},
    }


@pytest.mark.parametrize(("text", "values"), PROGRAMS, ids=lambda part: part if isinstance(part, str) else "")
def test_language_changes_the_text_only(text, values, capsys):
    _, english, _ = explain(capsys, "--json", text, *values)
    code, korean, _ = explain(capsys, "--json", "--lang", "ko", text, *values)
    assert code == 0
    one, other = strict_json(english), strict_json(korean)
    texts = [(a.pop("text"), b.pop("text")) for a, b in zip(one["steps"], other["steps"], strict=True)]
    assert one == other
    assert all(re.search("[가-힣]", b) and not re.search("[가-힣]", a) for a, b in texts)


def test_the_table_for_people(capsys):
    code, out, err = explain(capsys, "f = (x - y) * -z", "x=2", "y=-3", "z=-12345")
    assert (code, err) == (0, "")
    assert "2 - (-3) = 5" in out and "-(-12345) = 12345" in out
    assert re.search(r"^ *y +-3 +-12345$", out, re.M) and re.search(r"^ *f +61725 +1$", out, re.M)
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("text", "values", "shown"),
    [
        ("f = x*x - x", ["x=2"], "2 + 2 + (-1) = 3"),
        ("f = x**2", ["x=-3"], "1 * 2 * (-3)**(2 - 1) = 1 * (-6) = -6"),
        ("f = max(x, y)", ["x=2", "y=2"], "1 * 0.5 = 0.5"),
        ("f = where(x > 1, x, y)", ["x=0", "y=2"], "(0 > 1) = 0"),
        ("f = where(x > 1, x, y)", ["x=0", "y=2"], "Only one contribution comes back to x, so the total is 0."),
        ("f = relu(x)", ["x=-2"], "the relu is closed, since x = -2 is negative"),
        ("f = x*x", ["x=1000"], "1000 * 1000 = 1000000"),
        ("f = 2**x", ["x=3"], "1 * 8 * log(2) = 1 * 5.545 = 5.545"),
        ("f = y/x", ["x=4", "y=2"], "1/denominator on the way to the numerator"),
    ],
)
def test_what_is_said(text, values, shown, capsys):
    _, out, _ = explain(capsys, text, *values)
    assert shown in " ".join(out.split())


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_lines_fit_a_terminal(lang, capsys):
    _, out, _ = explain(capsys, "f = sigmoid(x*y) / (x + max(y, z))", "x=1", "y=2", "z=3", "--lang", lang)
    said = [line for line in out.splitlines() if line.startswith(" " * 16)]
    cells = [sum(2 if "\u1100" <= letter <= "\ud7a3" else 1 for letter in line) for line in said]
    assert max(cells) <= 100 and max(cells) > 85


def run_command(*argv: str, **options):
    return subprocess.run([sys.executable, "-m", "graphtutor", *argv], capture_output=True, **options)


def test_output_without_utf8_is_escaped_not_a_crash():
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run_command("explain", "--json", "--lang", "ko", "f = α*2", "α=1", env=environment)
    assert done.returncode == 0 and done.stderr == b""
    assert re.search("[가-힣]", strict_json(done.stdout.decode("ascii"))["steps"][0]["text"])
    assert run_command("explain", "--lang", "ko", "f = α*2", "α=1", env=environment).returncode == 0


def test_a_reader_that_leaves_early_is_no_error():
    command = [sys.executable, "-m", "graphtutor", "explain", "f = x" + "+x" * 300, "x=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


SIGMOID = ["f = sigmoid(w*x + b)", "w=1", "x=2", "b=3"]


@pytest.mark.parametrize(
    "words",
    [
        [*SIGMOID, "--expand"],
        ["--expand", *SIGMOID],
        [SIGMOID[0], "--expand", *SIGMOID[1:]],
        [*SIGMOID, "--expand", "sigmoid"],
        [*SIGMOID, "--expand", "f"],
        [*SIGMOID, "--expand=all"],
    ],
)
def test_composite_gates_are_spelled_out(words, capsys):
    assert main(["explain", *words]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("f = 1 / (1 + exp(-(w * x + b)))\n") and "f = 1 / add2    1 / 1.007 = 0.9933" in shown


def test_a_statement_is_shown_as_one_box(capsys):
    assert main(["explain", "q = x + y; f = q*z", "x=-2", "y=5", "z=-4", "--collapse", "q"]) == 0
    shown = capsys.readouterr().out
    assert "q = x + y    -2 + 5 = 3" in shown and "The q gate computes q" in shown
    assert "shows the statement q = x + y as one box" in " ".join(shown.split())


def test_changes_work_in_the_order_given(capsys):
    text = ["q = sigmoid(x); f = q*q", "x=0.5"]
    assert main(["explain", *text, "--expand", "q", "--collapse", "q", "--collapse", "q", "--json"]) == 0
    data = strict_json(capsys.readouterr().out)
    assert [node["gate"] for node in data["nodes"]] == ["input", "statement", "copy", "mul"]
    assert data["changes"] == [{"collapse": ["q"]}] and data["expression"] == text[0]
    assert main(["explain", *text, "--json"]) == 0
    assert "changes" not in strict_json(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--expand", "sigmoi"], "no gate 'sigmoi' in this graph; did you mean 'sigmoid'?"),
        (["--expand", "mul1"], "'mul1' has no expansion"),
        (["--collapse", "q"], "there is no 'q' in this graph"),
        (["--collapse", "w"], "'w' cannot be closed into a box; there are f"),
        (["--collapse", "layer"], "there is no layer in this graph; one looks like relu(W @ x + b)"),
    ],
)
def test_what_cannot_be_opened_or_closed_is_said(words, says, capsys):
    assert main(["explain", *SIGMOID, *words]) == 2
    assert says in capsys.readouterr().err
