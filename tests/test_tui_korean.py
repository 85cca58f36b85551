"""A screen in Korean is Korean throughout: what is English in the program goes through the words of the language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtutor
from graphtutor.errors import GraphtutorError
from graphtutor.explain.words import error_words
from graphtutor.expr.parse import MEANT, REFUSED
from graphtutor.tui.study import read_assignments, study

HOME = Path(graphtutor.__file__).parent
TOLD = ("notify", "Static", "SystemCommand", "Text", "complain", "say", "wait")
"""Calls whose first arguments, if they are texts, are read by a person."""
SHOWN = ("border_title", "border_subtitle", "placeholder", "title", "tooltip")


def literals(node: ast.AST) -> Iterator[str]:
    """Yield the texts in an expression, except those that a call makes something else of."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def read_by_a_person(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        found: list[ast.AST] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in TOLD:
                found += node.args[: 2 if name == "SystemCommand" else 1]
            if name != "Binding":  # these are translated by their English words
                found += [given.value for given in node.keywords if given.arg in SHOWN]
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") in SHOWN:
            found.append(node.value)
        for part in found:
            yield from ((node.lineno, text) for text in literals(part))


@pytest.mark.parametrize("path", sorted((HOME / "tui").rglob("*.py")), ids=lambda path: path.name)
def test_no_sentence_stands_in_the_program_of_the_screen(path: Path) -> None:
    found = [
        (line, text)
        for line, text in read_by_a_person(ast.parse(path.read_text(encoding="utf-8")))
        if re.search(r"[A-Za-z]{2}", text)
    ]
    assert found == []


def templates(path: Path) -> Iterator[str]:
    """Yield the errors that a module raises, with `0` for what differs."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        match node.args[0]:
            case ast.Constant(value=str() as text) if name in ("InputError", "ExpressionError", "FileError", "error"):
                yield text
            case ast.JoinedStr(values=parts) if name in ("InputError", "ExpressionError", "FileError", "error"):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in parts)


RAISED = {
    text
    for path in (
        *(HOME / "expr").glob("*.py"),
        HOME / "tui/study.py",
        HOME / "tui/exporting.py",
        HOME / "export/files.py",
    )
    for text in templates(path)
}


@pytest.mark.parametrize("english", sorted({*RAISED, *MEANT.values(), *REFUSED.values()}))
def test_errors_about_what_is_typed_are_told_in_korean(english: str) -> None:
    english = english.replace("function 00", "function 'sgn'; did you mean 'sin'?").replace("; 0", "; it takes none")
    said = error_words("ko", english)
    assert re.search("[가-힣]", said), said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f = 2x", "곱셈 기호가 빠졌습니다: `2*x`처럼 쓰세요"),
        ("f = sgmoid(x)", "모르는 함수입니다: 'sgmoid'. 혹시 'sigmoid', 'mod' 가운데 하나인가요?"),
        ("f = max(a, b, c)", "max: 입력은 1개 또는 2개인데 3개를 썼습니다. 겹쳐 쓰세요: max(a, max(b, c))"),
        ("f = W @ x; W = [[1, 2]]; x = [1, 2, 3]", "@ 게이트(f)에 맞지 않는 모양입니다: (1, 2), (3,)"),
    ],
)
def test_an_error_keeps_what_it_is_about(text: str, said: str) -> None:
    with pytest.raises(GraphtutorError) as caught:
        study(text)
    assert error_words("ko", getattr(caught.value, "message", "")) == said
    assert error_words("en", getattr(caught.value, "message", "")) == getattr(caught.value, "message", "")


def test_an_error_inside_an_error_is_told_too() -> None:
    with pytest.raises(GraphtutorError) as caught:
        read_assignments("x=a")
    assert (
        error_words("ko", str(caught.value)) == "x (1번째 칸): 수가 아닙니다: 'a'. 0.5, 1/3, 2*0.25, -1e-3처럼 쓰세요"
    )
