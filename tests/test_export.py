import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import graphtutor as gt
from graphtutor.errors import FileError, InputError, MissingExtraError
from graphtutor.explain import languages, written
from graphtutor.export import export, formats, graphviz_engines, render
from graphtutor.export.diagram import LOOK
from graphtutor.gates import all_gates, gate
from graphtutor.graph import Builder

GOLDEN = Path(__file__).parent / "golden"

DRAWN = {
    "add_mul": ("f = (x + y) * z", {"x": -2, "y": 5, "z": -4}, {}),
    "copy": ("f = x*x", {"x": 3}, {}),
    "folded": ("f = x*x", {"x": 3}, {"copies": False}),
    "forward": ("q = x + y; f = q * max(z, w)", {"x": 3, "y": -4, "z": 2, "w": -1}, {"step": 2}),
    "neuron": ("f = sigmoid(w0*x0 + w1*x1 + w2)", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}, {"roles": False}),
    "korean": ("손실 = (예측값 - 정답)**2", {"예측값": 2.5, "정답": 1}, {"lang": "ko", "title": "제곱 <오차>"}),
    "array": ("y = (W - b) * x; W = [[.1,.5],[-.3,.8]]; b = [.2,.4]; x = [1,2]", {}, {"rankdir": "TB"}),
}

HOSTILE = [
    *("<b>", "<<b>>", '"', "\\", "\\N", "a\\", "\\\\G", "&lt;", "&", "a:b", "]]>", "{|}", "%s", " ", "a\nb", "한글"),
    *("\x00\x07", "\ud800", "graph", "e3_0"),
]

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="no `dot`")


@pytest.fixture
def run():
    return gt.parse("f = (x + y) * z").run(x=-2, y=5, z=-4)


@pytest.fixture
def no_dot(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")


@pytest.fixture
def no_pygraphviz(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


def texts(svg: bytes) -> list[str]:
    return sorted(
        "".join(text.itertext()).strip()
        for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    )


@pytest.mark.parametrize("name", DRAWN)
def test_dot_text_stays_as_it_is(name):
    expression, inputs, options = DRAWN[name]
    found = render(gt.parse(expression).run(inputs), "dot", **options)
    golden = GOLDEN / f"{name}.dot"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_bytes(found)
    assert found == golden.read_bytes()


def test_a_graph_without_a_run_has_no_numbers():
    found = render(gt.parse("f = (x + y) * z"), "dot").decode()
    assert "n0 -> n3" in found
    assert "\n\te" not in found.replace("\n\tedge", "")


def test_svg_holds_every_value_and_every_gradient(run):
    svg = render(run, "svg")
    root = ElementTree.fromstring(svg)
    assert root.find(".//{http://www.w3.org/2000/svg}title").text == "f = (x + y) * z"
    numbers = [written(run.value_at(e.source)) for e in run.graph.edges()] + ["-12"]
    numbers += [written(run.contribution_at(e.target, e.slot)) for e in run.graph.edges()] + ["1"]
    assert texts(svg) == sorted([*numbers, "x", "y", "z", "f", "+", "×", "distributor", "switcher"])


def test_the_value_is_above_the_line_in_green_and_the_gradient_below_in_red():
    svg = render(gt.parse("f = exp(x)").run(x=0.5), "svg")
    found = {
        "".join(text.itertext()): (float(text.get("y")), text.get("fill"))
        for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    }
    line = max(
        float(re.search(r",(-?[\d.]+)", path.get("d"))[1])
        for path in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")
    )
    (value, green), (gradient, red) = found["0.5"], found["1"]
    assert value < line < gradient
    assert (green, red) == ("#006b1b", "#c00d1e")


def test_a_gradient_that_was_not_computed_is_a_dash():
    svg = render(gt.parse("f = 2 * x").run(x=3), "svg")
    assert texts(svg).count("–") == 1


def test_the_fan_out_is_a_copy_gate_unless_it_is_folded():
    run = gt.parse("f = x*x").run(x=3)
    assert "copy" in texts(render(run, "svg"))
    folded = texts(render(run, "svg", copies=False))
    assert "copy" not in folded
    assert folded.count("3") == 4  # the value and the contribution, on both edges
    assert folded.count("6") == 1  # the total, at the input


def test_roles_can_be_left_out_and_translated(run):
    assert "switcher" not in texts(render(run, "svg", roles=False))
    assert "switcher" not in texts(render(run, "svg", lang="ko"))


@pytest.mark.parametrize("lang", languages())
def test_a_role_stays_inside_its_gate(lang):
    run = gt.parse("p = x * y; m = max(p, z); e = exp(x); f = m + e - where(x > y, p, m)").run(x=3, y=2, z=1)
    dot = render(run, "dot", lang=lang).decode()
    shown = re.findall(r'POINT-SIZE="10"[^>]*>([^<]+)<.*width=([\d.]+)', dot)
    assert len(shown) > 5
    for text, inches in shown:
        points = sum(10 if unicodedata.east_asian_width(letter) in "WF" else 5 for letter in text)
        assert points < 72 * float(inches), text


def test_a_derivative_is_called_so():
    graph = gt.parse("f = x**2; x = 3").run().backward_graph("x")
    assert "df/dx" in texts(render(graph.run(), "svg"))


def test_every_gate_has_a_look():
    assert all(gate.is_source or gate.role in LOOK for gate in all_gates().values())


def test_a_moment_shows_only_what_has_happened(run):
    first = texts(render(run, "svg", step=0))
    assert [text for text in first if re.match(r"-?\d", text)] == ["-2", "-4", "5"]
    assert "-12" not in texts(render(run, "svg", step=1))
    assert "-12" in texts(render(run, "svg", step=2))
    assert texts(render(run, "svg", step=len(run.timeline))) == texts(render(run, "svg"))


def test_every_moment_has_the_same_size(run):
    sizes = {ElementTree.fromstring(render(run, "svg", step=step)).get("viewBox") for step in (0, 2, 5, 7)}
    assert len(sizes) == 1


def test_a_drawing_leaves_the_cursor_of_the_run_alone(run):
    run.timeline.seek(3)
    render(run, "dot", step=1)
    assert run.timeline.cursor == 3


def test_a_gate_that_stops_being_finite_is_outlined():
    run = gt.parse("f = log(x)").run(x=-1)
    assert b"#D40000" in render(run, "dot")
    assert b"#D40000" not in render(run, "dot", step=0)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("engine", ["dot", "pygraphviz"])
def test_hostile_names_are_only_text(name, engine, monkeypatch):
    builder = Builder()
    doubled = builder.gate(gate("square"), (builder.input(name),))
    graph = builder.finish(doubled, "f")
    monkeypatch.setattr(
        graphviz_engines, "ENGINES", tuple(one for one in graphviz_engines.ENGINES if one.name == engine)
    )
    if graphviz_engines.ENGINES[0].command("svg") is None:
        pytest.skip(f"no {engine}")
    svg = render(graph.run({name: 2.0}), "svg", title=name)
    expected = re.sub("[\x00\x07\ud800]", "\ufffd", name)
    if name.strip() and "\n" not in name:
        assert texts(svg).count(expected) == 2


def test_png_has_its_dots_per_inch(run):
    def size(dpi: int) -> tuple[int, int]:
        png = render(run, "png", dpi=dpi)
        assert png.startswith(b"\x89PNG\r\n")
        return struct.unpack(">II", png[16:24])

    small, large = size(80), size(160)
    assert all(abs(2 * a - b) <= 4 for a, b in zip(small, large, strict=True))
    assert large[0] > large[1] > 300


def test_pdf_is_one(run):
    pdf = render(run, "pdf")
    assert pdf.startswith(b"%PDF") and b"%%EOF" in pdf[-32:]


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_without_dot_pygraphviz_draws(run, no_dot, format):
    pytest.importorskip("pygraphviz")
    assert len(render(run, format)) > 1000


@needs_dot
def test_without_pygraphviz_dot_draws(run, no_pygraphviz):
    assert "-12" in texts(render(run, "svg"))


def test_without_both_the_error_says_what_to_install(run, no_dot, no_pygraphviz, tmp_path):
    with pytest.raises(MissingExtraError, match="pip install pygraphviz"):
        export(run, tmp_path / "f.svg")
    assert list(tmp_path.iterdir()) == []
    assert export(run, tmp_path / "f.dot").read_text().startswith("digraph")


@needs_dot
@pytest.mark.parametrize("name", DRAWN)
def test_both_engines_write_the_same_texts(name, monkeypatch):
    pytest.importorskip("pygraphviz")
    expression, inputs, options = DRAWN[name]
    run = gt.parse(expression).run(inputs)
    system = texts(render(run, "svg", **options))
    monkeypatch.setattr(graphviz_engines, "ENGINES", graphviz_engines.ENGINES[1:])
    assert texts(render(run, "svg", **options)) == system


def fake(script: str, name: str = "fake") -> graphviz_engines.Engine:
    return graphviz_engines.Engine(name, lambda format: (sys.executable, "-c", script))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; sys.exit('syntax error')", "syntax error"),
        ("pass", "it wrote nothing"),
        ("import os; os.abort()", "code -6"),
        ("import sys; print('<svg/>'); print('not built with libexpat', file=sys.stderr)", "expat"),
    ],
)
def test_an_engine_that_fails_hands_over_to_the_next(run, monkeypatch, script, reason):
    monkeypatch.setattr(graphviz_engines, "ENGINES", (fake(script), fake("print('<svg>second</svg>')")))
    assert b"second" in render(run, "svg")
    monkeypatch.setattr(graphviz_engines, "ENGINES", (fake(script), fake(script)))
    with pytest.raises(FileError, match=reason):
        render(run, "svg")


def test_an_engine_that_hangs_is_stopped(run, monkeypatch):
    monkeypatch.setattr(graphviz_engines, "TIME_LIMIT", 0.2)
    monkeypatch.setattr(graphviz_engines, "ENGINES", (fake("import threading; threading.Event().wait()"),))
    with pytest.raises(FileError, match="did not finish the svg"):
        render(run, "svg")


def test_graphviz_is_never_asked_for_a_format_that_might_crash_it():
    with pytest.raises(ValueError, match="svg, png, pdf"):
        graphviz_engines.draw("digraph {}", "webp")


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "dot"])
def test_export_writes_the_format_of_the_suffix(run, tmp_path, format):
    path = tmp_path / f"f.{format.upper()}"
    assert export(run, str(path)) == path
    assert path.read_bytes()[:4] in (b"<?xm", b"\x89PNG", b"%PDF", b"digr")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_gets_the_usual_permissions_and_keeps_those_it_has(run, tmp_path):
    path = export(run, tmp_path / "f.dot")
    (tmp_path / "usual").touch()
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode
    path.chmod(0o640)
    export(run, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(run, tmp_path):
    (tmp_path / "link.dot").symlink_to(tmp_path / "real.dot")
    export(run, tmp_path / "link.dot")
    assert (tmp_path / "link.dot").is_symlink()
    assert (tmp_path / "real.dot").read_text().startswith("digraph")


@pytest.mark.parametrize("name", ["f.jpg", "f", "f.", ".svg"])
def test_an_unknown_suffix_is_told_the_legal_ones(run, tmp_path, name):
    with pytest.raises(FileError, match=r"\.dot, \.pdf, \.png or \.svg"):
        export(run, tmp_path / name)


def test_what_cannot_be_written_is_said(run, tmp_path):
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "file").touch()
    for path, words in [
        (tmp_path / "folder.svg", "is a folder"),
        (tmp_path / "nowhere" / "f.svg", "there is no folder"),
        (tmp_path / "file" / "f.svg", "there is no folder"),
        (tmp_path / ("a" * 300 + ".svg"), "too long"),
        (tmp_path / "a\0.svg", "null"),
    ]:
        with pytest.raises(FileError, match=words):
            export(run, path)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc")
def test_a_folder_that_takes_no_files_is_said(run):
    with pytest.raises(FileError, match="cannot be written"):
        export(run, "/proc/self/f.dot")


def test_a_failing_renderer_keeps_the_old_file(run, tmp_path, monkeypatch):
    path = tmp_path / "f.svg"
    path.write_text("old")
    monkeypatch.setattr(graphviz_engines, "ENGINES", (fake("import sys; sys.exit('no')"),))
    with pytest.raises(FileError):
        export(run, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_disk_keeps_the_old_file_and_leaves_no_draft(run, tmp_path, monkeypatch):
    path = tmp_path / "f.dot"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FileError, match="no space left"):
        export(run, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rankdir": "up"}, "LR, TB, RL, BT"),
        ({"background": "red"}, "white, transparent"),
        ({"lang": "xx"}, "en"),
        ({"dpi": 1}, "from 10 to 2400"),
        ({"dpi": 1e9}, "from 10 to 2400"),
        ({"step": -1}, "steps 0 to 7"),
        ({"step": 8}, "steps 0 to 7"),
        ({"step": True}, "whole number"),
    ],
)
def test_an_option_that_cannot_be_is_told_what_can(run, options, words):
    with pytest.raises(InputError, match=words):
        render(run, "dot", **options)


def test_a_step_needs_a_run_and_an_option_must_exist(run):
    with pytest.raises(InputError, match="run"):
        render(run.graph, "dot", step=1)
    with pytest.raises(TypeError, match="did you mean 'copies'"):
        render(run, "dot", copy=False)
    with pytest.raises(TypeError, match="not int"):
        render(3, "dot")
    with pytest.raises(FileError, match="dot, pdf, png or svg"):
        render(run, "jpg")


def test_the_package_root_offers_export(run, tmp_path):
    assert gt.export(run, tmp_path / "f.dot").exists()
    assert list(formats()) == ["dot", "pdf", "png", "svg"]


def test_large_arrays_and_deep_graphs_have_a_dot_text():
    large = gt.parse("f = x * x").run(x=[[1.0] * 50] * 50)
    assert "array 50x50" in render(large, "dot").decode()
    x = gt.var("x", 1.0)
    y = x
    for _ in range(3000):
        y = -y
    assert render(y.graph.run(x=1.0), "dot").count(b"shape=circle") == 3000


def test_importing_it_imports_no_graphviz():
    code = (
        "import sys, graphtutor.export; sys.exit(any(m in sys.modules for m in ('graphviz','pygraphviz','networkx')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
