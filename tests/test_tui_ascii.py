"""ASCII signs: nothing else on the screen, nothing moved, and the kinds of lines still told apart."""

from __future__ import annotations

import re
import unicodedata

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from graphtutor.examples import EXAMPLES
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.ascii import translate, wanted
from graphtutor.tui.memory import Memory
from graphtutor.tui.study import study

SUM_TIMES = "f = (x + y) * z; x = -2; y = 5; z = -4"
FANNED = next(example.text for example in EXAMPLES if "micrograd" in example.about)


def rows(pilot: Pilot[None]) -> list[str]:
    return ["".join(segment.text for segment in row) for row in pilot.app.screen._compositor.render_strips()]


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(rows(pilot))


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()


def test_every_sign_keeps_its_width_and_letters_stay() -> None:
    for code in range(0x20, 0x30000):
        sign = chr(code)
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"):
            continue
        plain = translate(f"a{sign}b")
        assert cell_len(plain) == cell_len(f"a{sign}b"), hex(code)
        if unicodedata.category(sign)[0] not in "LMN":
            assert plain.isascii(), hex(code)
    assert translate("출력 = 가 + ñ") == "출력 = 가 + ñ"


def test_thin_heavy_and_double_lines_and_both_directions_stay_different() -> None:
    for signs in ("─━╌", "│┃║╎", "╭┏╔", "╮╯┼", "┏┃━", "┓┛┃", "►◄", "▲▼", "✓✗✕", "●◆○◇", "×✕", "…."):
        assert len({translate(sign) for sign in signs}) == len(signs), signs


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (None, ""),
        (None, "down"),
        (None, "f1"),
        (None, "ctrl+p"),
        (SUM_TIMES, "end tab tab tab"),
        (SUM_TIMES, "b right right"),
        (SUM_TIMES, "question_mark"),
        (SUM_TIMES, "right x"),
        (SUM_TIMES, "e enter y"),
        (SUM_TIMES, "d"),
        (SUM_TIMES, "w right"),
        (SUM_TIMES, "Z w right"),
        (SUM_TIMES, "end r"),
        (SUM_TIMES, "a"),
        (FANNED, "end left"),
    ],
)
async def test_nothing_but_ascii_is_on_the_screen(text: str | None, keys: str, size: tuple[int, int]) -> None:
    app = GraphtutorApp(study(text) if text else None, clock=lambda: 0.0, ascii=True)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in keys.split():
            app.simulate_key(key)
            await settled(pilot)
        strange = {character for character in shown(pilot) if not character.isascii()}
        assert not strange
        assert {len(row) for row in rows(pilot)} == {size[0]}


async def test_the_keys_have_names_and_fit_the_smallest_terminal() -> None:
    app = GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0, ascii=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in ("space Play", "-> Step", "<- Back", "? Help", "q Quit"):
            assert key in rows(pilot)[-1]


@pytest.mark.parametrize("keys", ["down", "right w right", "d", "x", "question_mark", "a"])
async def test_no_arrow_key_is_called_by_a_sign_that_is_another_key(keys: str) -> None:
    app = GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0, ascii=True)
    async with app.run_test(size=(80, 60)) as pilot:
        for key in keys.split():
            app.simulate_key(key)
            await settled(pilot)
        assert not re.search(r"shift\+[<>^v]|\^ v|<>|, or >", shown(pilot))


async def test_names_of_any_script_stay_and_stay_aligned() -> None:
    text = "출력 = (가 + 나나) * z; 가 = 1; 나나 = 2; z = 3"
    pictures = []
    for ascii in (False, True):
        app = GraphtutorApp(study(text), clock=lambda: 0.0, ascii=ascii)
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            for key in ("end", "tab", "tab", "tab"):
                app.simulate_key(key)
                await settled(pilot)
            pictures.append(rows(pilot))
    for full, plain in zip(*pictures, strict=True):
        assert cell_len(full) == cell_len(plain) == 80
        assert [c for c in full if "가" <= c <= "힣"] == [c for c in plain if "가" <= c <= "힣"]
    canvas = pictures[1][1:14]
    assert any("가" in row for row in canvas) and any("나나" in row for row in canvas)
    for row, plain in zip(pictures[0][1:14], canvas, strict=True):  # the frames stand where they stood
        assert translate(row) == plain


async def test_the_command_palette_changes_the_signs_at_once_and_it_is_remembered() -> None:
    memory = Memory()
    app = GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0, memory=memory)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        before = shown(pilot)
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        commands["Signs: ASCII only"].callback()
        await settled(pilot)
        assert shown(pilot).isascii() and memory.settings["ascii"] is True
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        commands["Signs: all"].callback()
        await settled(pilot)
        assert shown(pilot) == before


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "ko_KR.utf8"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),  # as Python itself sets it for the C locale
        ({"LC_ALL": "", "LC_CTYPE": "", "LANG": "POSIX"}, True),
        ({"LANG": "en_US.UTF-8", "TERM": "vt100"}, True),
        ({"LANG": "en_US.UTF-8", "TERM": "xterm-256color"}, False),
    ],
)
def test_the_environment_says_whether_there_is_box_drawing(environment: dict[str, str], expected: bool) -> None:
    assert wanted(environment) is expected
