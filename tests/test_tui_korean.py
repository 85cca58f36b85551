"""A screen in Korean is Korean throughout: what is English in the program goes through the words of the language."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from screens import LARGE, SMALL, opened, shown

import graphtutor
from graphtutor.errors import GraphtutorError
from graphtutor.examples import named
from graphtutor.exercises import all_exercises
from graphtutor.exercises.answers import read_number
from graphtutor.exercises.questions import read_shape
from graphtutor.exercises.roles import read_role
from graphtutor.explain.words import HERE, error_words, languages
from graphtutor.expr.parse import MEANT, REFUSED
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.study import read_assignments, study

SUM = "f = (x + y) * max(z, x); x = -2; y = 5; z = -4"
ARRAY = "f = sum(W @ x); W = [[1, 2], [3, 4]]; x = [5, 7]"
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


def test_what_is_nearly_the_name_of_an_example_is_told_in_korean() -> None:
    with pytest.raises(GraphtutorError) as caught:
        named("neuron")
    said = "그런 예제가 없습니다: 'neuron'. 혹시 'cs231n-neuron'인가요? 식이라면 이렇게 쓰세요: f = neuron"
    assert error_words("ko", str(caught.value)) == said


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_role, "scalr", "역할이 아닙니다: 'scalr'. 혹시 'scaler'인가요?"),
        (
            read_role,
            "half",
            "역할이 아닙니다: 'half'. 역할은 distributor, adder, router, switcher, scaler 가운데 하나입니다",
        ),
        (read_shape, "2x", "모양이 아닙니다: '2x'. 2x3처럼, 수 다섯 개의 목록이면 5라고 쓰세요"),
        (read_number, "1/0", "유한한 수가 아닙니다: '1/0'"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_in_korean(read: Callable[[str], object], text: str, said: str) -> None:
    with pytest.raises(GraphtutorError) as caught:
        read(text)
    assert error_words("ko", str(caught.value)) == said


def test_an_error_inside_an_error_is_told_too() -> None:
    with pytest.raises(GraphtutorError) as caught:
        read_assignments("x=a")
    assert (
        error_words("ko", str(caught.value)) == "x (1번째 칸): 수가 아닙니다: 'a'. 0.5, 1/3, 2*0.25, -1e-3처럼 쓰세요"
    )


ENGLISH = re.compile(r"(?<![\w`'.])[A-Za-z][a-z]+(?: [a-z]+)+")
"""Two English words or more in a row."""
ALLOWED = re.compile(r"(input|copy|max|add|mul|sum|sigmoid) [a-z]|via [a-z]+|home g|graphtutor (explain|export|play)")
"""A gate and the name of a node; whence a contribution comes; keys; commands."""
KEYS = {"end", "home", "right", "left", "up", "down", "tab", "enter", "space"}
GATES = {"copy", "input", "sum", "constant"}
WALKS = {
    "home": (None, "tab|tab|down|escape|2|x|enter"),
    "help on the home screen": (None, "f1"),
    "tutor": (SUM, "right|.|end|tab|tab|enter|shift+tab|l|m|i|i|f|F|F|Z|Z|Z|Z|z|z|z|z|y|Y|u|U|o|M|plus|backspace|home"),
    "help": (SUM, "question_mark"),
    "edit": (SUM, "e|x|escape|v|a|enter|escape|u"),
    "search": (SUM, "slash|q|q|escape|slash|x"),
    "predict": (SUM, "a|5|enter|f2|f2|f2|space|enter|A|N|z|x|escape|escape"),
    "what if": (SUM, "w|right|e|x|enter|1|slash|enter|escape|escape"),
    "routes": (SUM, "end|r|down|escape"),
    "nudge": (ARRAY, "d|up|minus|right_square_bracket|escape"),
    "forward mode": (ARRAY, "t|T|right|right|end|escape"),
    "second order": (SUM, "s|right|escape"),
    "no inputs": ("f = 2*3", "w|v|d|tab|enter|backspace"),
    "made-up values": ("f = x*y/0", "end"),
    "export": (SUM, "right|x|shift+tab|right"),
    "exercise": ("exercise", "f2|f2|enter|a|enter|1|enter|question_mark|enter|tab|f1"),
}


def labels() -> set[str]:
    """Return what stands on an English screen in one word, and is no name of a key or a gate besides."""
    words = (
        tomllib.loads((HERE / "en.toml").read_text(encoding="utf-8")),
        tomllib.loads((HERE / "ko.toml").read_text("utf-8")),
    )
    said = [text for section in words[0].values() if isinstance(section, dict) for text in section.values()]
    found = {text for text in [*said, *words[1]["keys"]] if re.fullmatch("[A-Za-z]{3,}", text)}
    return found - KEYS - GATES - set(languages().values())


LABELS = labels()


def english(text: str) -> list[str]:
    found = [words[0] for words in ENGLISH.finditer(text)]
    return [words for words in found if not ALLOWED.fullmatch(words)] + sorted(
        LABELS & set(re.findall(r"(?<![\w(])\w+", text))
    )


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
async def test_no_english_is_left_on_a_korean_screen(walk: str, size: tuple[int, int]) -> None:
    text, keys = WALKS[walk]
    exercise = all_exercises()[0] if text == "exercise" else None
    start = study(text) if text and exercise is None else None
    app = GraphtutorApp(start, exercise, lang="ko", clock=lambda: 0.0)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        left = {"": english(shown(pilot))}
        for key in keys.split("|"):
            app.simulate_key(key)
            for _ in range(3):
                await pilot.pause()
            left[key] = english(shown(pilot))
    assert {key: words for key, words in left.items() if words} == {}


async def test_a_word_of_english_would_be_found() -> None:
    async with opened(SUM) as pilot:
        assert "forward" in " ".join(english(shown(pilot)))


@pytest.mark.parametrize("text", [None, SUM])
async def test_every_command_of_the_palette_is_told_in_korean(text: str | None) -> None:
    async with opened(text, lang="ko") as pilot:
        for command in pilot.app.get_system_commands(pilot.app.screen):
            assert re.search("[가-힣]", command.title), command.title
            about = command.help.partition(": ")[2] if command.help.startswith(("f = ", "y = ")) else command.help
            assert re.search("[가-힣]", about), command.title
        pilot.app.action_command_palette()
        await pilot.pause()
        await pilot.pause()
        assert "명령 찾기" in shown(pilot) and "Search for" not in shown(pilot)
