"""Footer, help and command palette tell the truth: every key does something, every action has a key."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from string import Formatter
from typing import Any

import pytest
from textual.app import App
from textual.binding import BindingsMap
from textual.command import Hit
from textual.containers import ScrollableContainer
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList

from graphtutor.examples import EXAMPLES, gates_alone
from graphtutor.exercises import all_exercises
from graphtutor.explain.words import HERE, key_words, sentence
from graphtutor.tui.app import GraphtutorApp, Palette, described
from graphtutor.tui.commands import Described
from graphtutor.tui.footer import KeyLine
from graphtutor.tui.help import HelpScreen, keys, named
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.memory import Memory, Saved
from graphtutor.tui.room import HERE as OPENED
from graphtutor.tui.room import Room
from graphtutor.tui.study import study
from graphtutor.tui.tutor import TutorScreen

SUM_TIMES = "f = (x + y) * z + x; x = -2; y = 5; z = -4"
SITUATIONS = [
    *("home", "home down", "home tab tab"),
    *("tutor", "tutor end tab", "tutor right right", "tutor e", "tutor v", "tutor x", "tutor x shift+tab"),
    *("tutor d", "tutor end r", "tutor s", "tutor t", "tutor a", "tutor a 1 enter"),
    *("exercise", "exercise tab"),
]


FRAMEWORK = {
    binding
    for kind in (Screen, Input, OptionList, ScrollableContainer, App)
    for bindings in BindingsMap(kind.BINDINGS).key_to_bindings.values()
    for binding in bindings
}
"""Keys that every line to type in, every list and everything that scrolls has in every app."""


@asynccontextmanager
async def at(situation: str, size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator[Pilot[None]]:
    screen, *pressed = situation.split()
    first = all_exercises()[0] if screen == "exercise" else None
    memory = Memory()
    memory.opened(Saved.of("g = exp(w)", {"w": 0.5}))
    app = GraphtutorApp(
        study(SUM_TIMES) if screen == "tutor" else None, first, clock=lambda: 0.0, memory=memory, **options
    )
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in pressed:
            app.simulate_key(key)
            await settled(pilot)
        yield pilot


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(4):
        await pilot.pause()


def told(screen: Screen[Any]) -> dict[str, str]:
    """Return what the help of a screen says of its keys."""
    assert isinstance(screen, Room)
    return {shown: said for group in keys(screen).values() for shown, said in group}


def rows(pilot: Pilot[None]) -> list[str]:
    return ["".join(segment.text for segment in row) for row in pilot.app.screen._compositor.render_strips()]


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_every_key_does_something_and_says_what(situation: str) -> None:
    async with at(situation) as pilot:
        for key, active in pilot.app.screen.active_bindings.items():
            binding = active.binding
            name = binding.action.split(".")[-1].split("(")[0]
            if binding.system or binding in FRAMEWORK:
                continue
            spaces = {"app": pilot.app, "screen": pilot.app.screen, "focused": pilot.app.focused}
            where = spaces.get(binding.action.rpartition(".")[0], active.node)
            assert callable(getattr(where, f"action_{name}", None) or getattr(where, f"_action_{name}", None)), key
            assert binding.tooltip, f"{key} ({binding.action}) has no help"
            assert binding.description, f"{key} ({binding.action}) has no name"


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_what_the_last_line_shows_fits_and_is_in_the_help(situation: str) -> None:
    async with at(situation) as pilot:
        screen = pilot.app.screen
        active = [active for active in screen.active_bindings.values() if active.binding.show and active.enabled]
        for line in screen.query(KeyLine):
            last, helped = rows(pilot)[-1].rstrip(), " ".join(told(screen))
            assert last == " ".join(f"{key.shown} {key.does}" for key in line.fitting), "cut off"
            assert {key.does for key in line.fitting} <= {active.binding.description for active in active}
            first = {needed.binding.action: needed for needed in reversed(active)}
            for needed in first.values():
                shown = pilot.app.get_key_display(needed.binding)
                assert shown in helped, shown
                if needed.node is not screen or needed.binding.action in ("help", "quit"):
                    assert f"{shown} {needed.binding.description}" in last


async def test_where_there_is_room_the_last_line_shows_every_way_to_look_at_the_graph() -> None:
    async with at("tutor", (160, 40)) as pilot:
        for key in ("w What if", "d Nudge", "r Routes", "t Tangents", "s Second order", "/ Search", "? Help", "q Quit"):
            assert key in rows(pilot)[-1]


@pytest.mark.parametrize("screen", ["home", "tutor", "exercise"])
async def test_every_action_has_a_key_or_a_command(screen: str) -> None:
    async with at(screen) as pilot:
        room = pilot.app.screen
        assert isinstance(room, Room)
        bound = {
            binding.action.split(".")[-1].split("(")[0]
            for bindings in room._bindings.key_to_bindings.values()
            for binding in bindings
        }
        ours = {
            name.removeprefix("action_")
            for kind in type(room).__mro__
            if kind.__module__.startswith("graphtutor.")
            for name in vars(kind)
            if name.startswith("action_")
        }
        assert ours <= bound, "no way in"
        actions = {
            name.removeprefix("action_")
            for kind in GraphtutorApp.__mro__
            if kind.__module__.startswith("graphtutor.")
            for name in vars(kind)
            if name.startswith("action_")
        }
        assert actions <= {binding.action for binding in GraphtutorApp.BINDINGS}  # type: ignore[union-attr]


@pytest.mark.parametrize("situation", ["home", "tutor", "tutor a", "exercise"])
async def test_help_lists_what_works_now_and_nothing_else(situation: str) -> None:
    async with at(situation, (120, 60)) as pilot:
        room = pilot.app.screen
        enabled = {active.binding.tooltip for active in room.active_bindings.values() if active.enabled}
        disabled = {active.binding.tooltip for active in room.active_bindings.values() if not active.enabled} - enabled
        pilot.app.simulate_key("f1")
        await settled(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)
        text = "\n".join(said for rows in pilot.app.screen._keys.values() for _, said in rows)
        for said in disabled - {""}:
            assert said not in text
        assert "the next theme" in text and "find a command by its name; themes and the language too" in text


@pytest.mark.parametrize("situation", ["home", "tutor", "exercise"])
async def test_every_key_of_a_screen_is_in_one_group_of_the_help(situation: str) -> None:
    async with at(situation) as pilot:
        room = pilot.app.screen
        assert isinstance(room, Room)
        nodes = [room, pilot.app, *([] if OPENED in room.GROUPS else room.walk_children())]
        bound = {
            named(binding.action)
            for node in nodes
            for bindings in node._bindings.key_to_bindings.values()
            for binding in bindings
            if binding.tooltip and not binding.system and binding not in FRAMEWORK
        }
        grouped = [action for actions in room.GROUPS.values() for action in actions.split()]
        assert sorted(set(grouped)) == sorted(grouped), "one group each"
        assert bound <= set(grouped), "a key without a group"
        assert set(grouped) - bound <= {"leave"}, "a group names what no key does"


@pytest.mark.parametrize(("size", "abreast"), [((80, 24), 1), ((120, 40), 2), ((200, 60), 3)])
@pytest.mark.parametrize("lang", ["en", "ko"])
async def test_the_keys_of_the_help_stand_under_headings_side_by_side_where_there_is_room(
    size: tuple[int, int], abreast: int, lang: str
) -> None:
    async with at("tutor", size, lang=lang) as pilot:
        room = pilot.app.screen
        assert isinstance(room, TutorScreen)
        heads = [sentence(lang, "key_groups", group) for group in room.GROUPS if group != "here"]
        pilot.app.simulate_key("f1")
        await settled(pilot)
        first = next(row for row in rows(pilot) if f"  {heads[0]} " in row)
        line = [*heads, sentence(lang, "screen", "mouse")]
        assert sum(f" {head} " in first for head in line) == abreast
        page = pilot.app.screen.query_one("VerticalScroll")
        seen = []
        for _ in range(200):
            seen += [head for head in heads for row in rows(pilot) if f" {head} " in row and head not in seen]
            pilot.app.simulate_key("down")
            await pilot.pause()
        assert sorted(seen) == sorted(heads)
        assert page.max_scroll_x == 0


async def test_what_has_the_keys_comes_first_in_the_help() -> None:
    async with at("tutor w") as pilot:
        room = pilot.app.screen
        assert isinstance(room, Room)
        group, first = next(iter(keys(room).items()))
        assert group == "here" and ("esc", "give up what is typed, or take all changes back and close") in first


async def test_the_help_of_home_tells_of_the_mouse_on_home_and_of_no_canvas() -> None:
    async with at("home", (120, 60)) as pilot:
        pilot.app.simulate_key("f1")
        await settled(pilot)
        text = "\n".join(rows(pilot))
        assert "click an entry to open it" in text
        for words in ("ctrl+wheel", "On the canvas", "click the bar", "heavy box", "distributor"):
            assert words not in text


async def test_what_is_explained_in_the_help_stays_in_its_column() -> None:
    async with at("tutor", (80, 110)) as pilot:
        pilot.app.simulate_key("f1")
        await settled(pilot)
        found = rows(pilot)
        row = next(n for n, row in enumerate(found) if "a click on it goes" in row)
        column = found[row].index("the map of the whole")
        assert found[row + 1][column:].startswith("there") and not found[row + 1][3:column].strip()


@pytest.mark.parametrize("situation", ["home", "tutor"])
async def test_the_palette_opens_every_example_and_exercise_by_name(situation: str) -> None:
    async with at(situation) as pilot:
        app = pilot.app
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        for example in (*EXAMPLES, *gates_alone()):
            assert f"Open example: {example.name}" in commands
        for exercise in all_exercises():
            assert f"Open exercise: {exercise.id}" in commands
        assert "Open: g = exp(w)" in commands
        commands["Open example: xor"].callback()
        await settled(pilot)
        assert isinstance(app.screen, TutorScreen) and "XOR" not in app.screen.study.text
        assert set(app.screen.study.graph.inputs) >= {"X", "W"}
        app.simulate_key("escape")
        await settled(pilot)
        assert isinstance(app.screen, HomeScreen if situation == "home" else TutorScreen)
        commands[f"Open exercise: {all_exercises()[0].id}"].callback()
        await settled(pilot)
        assert type(app.screen).__name__ == "ExerciseScreen"


async def test_the_palette_finds_a_command_by_typing() -> None:
    async with at("tutor") as pilot:
        pilot.app.simulate_key("ctrl+p")
        await settled(pilot)
        await pilot.press(*"saturated-mse")
        for _ in range(20):
            await pilot.pause(0.02)
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, TutorScreen) and pilot.app.screen.study.text != study(SUM_TIMES).text


@pytest.mark.parametrize(
    ("typed", "first", "found"),
    [
        ("NEXT theme", "Theme", 1),
        ("theme", "Theme", 2),
        ("saturated-mse", "Open example: saturated-mse", 1),
        ("zzz q", "No command fits", 1),
    ],
)
async def test_the_palette_finds_a_command_by_its_description_behind_its_title(
    typed: str, first: str, found: int
) -> None:
    async with at("home") as pilot:
        hits = [hit async for hit in Described(pilot.app.screen).search(typed) if isinstance(hit, Hit)]
        assert described in pilot.app.COMMANDS and len(hits) >= found
        assert str(max(hits).text) == first


@pytest.mark.parametrize("lang", ["en", "ko"])
async def test_where_no_command_fits_the_palette_says_so_and_shows_all_again(lang: str) -> None:
    async with at("home", lang=lang) as pilot:
        pilot.app.simulate_key("ctrl+p")
        await settled(pilot)
        await pilot.press(*"zzz")
        while sentence(lang, "palette", "nothing") not in "\n".join(rows(pilot)):
            await pilot.pause()
        assert sentence(lang, "palette", "nothing_about") in "\n".join(rows(pilot))
        assert sentence(lang, "palette", "search") not in "\n".join(rows(pilot))
        await pilot.press("enter")
        while sentence(lang, "palette", "search") not in "\n".join(rows(pilot)):
            await pilot.pause()
        assert isinstance(pilot.app.screen, Palette)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("predict", "Ask"),
        ("epsilon", "Nudge"),
        ("second derivatives", "Second order"),
        ("copies", "Fold"),
        ("expand", "Open"),
        ("collapse", "Close"),
        ("speed", "Faster"),
        ("repeat", "Loop"),
        ("animation", "Motion"),
        ("clipboard", "Copy value"),
        ("keys", "Help"),
    ],
)
async def test_the_palette_finds_what_a_newcomer_calls_by_another_name(typed: str, title: str) -> None:
    async with at("tutor") as pilot:
        assert title in [
            str(hit.text) async for hit in Described(pilot.app.screen).search(typed) if isinstance(hit, Hit)
        ]


@pytest.mark.parametrize(
    ("focus", "does"),
    [
        ("prompt", "open what is typed; while nothing is, the example in the prompt"),
        ("examples", "open what is typed or chosen"),
    ],
)
async def test_the_help_of_home_tells_enter_and_the_way_out_in_the_words_of_the_product(focus: str, does: str) -> None:
    async with at("home") as pilot:
        pilot.app.screen.query_one(f"#{focus}").focus()
        await settled(pilot)
        assert told(pilot.app.screen)["enter"] == does
        assert told(pilot.app.screen)["ctrl+q"] == "leave graphtutor"


async def test_each_command_stands_in_the_palette_once() -> None:
    async with at("tutor") as pilot:
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("situation", [*SITUATIONS, "tutor w", "tutor slash", "tutor question_mark"])
async def test_every_key_is_told_in_korean_too(situation: str) -> None:
    async with at(situation) as pilot:
        for active in pilot.app.screen.active_bindings.values():
            binding = active.binding
            if binding.system or binding in FRAMEWORK or not binding.tooltip:
                continue
            for words in (binding.description, binding.tooltip):
                assert key_words("ko", words) != words, words


async def test_a_korean_screen_has_korean_labels_that_fit() -> None:
    async with at("tutor b right right", (120, 40), lang="ko") as pilot:
        text = "\n".join(rows(pilot))
        for words in ("‖ 멈춤", "단계 6/13", "역전파", "칸", "국소", "보냄", "기울기를 모든 입력에", "재생", "도움말"):
            assert words in text, words
        for words in ("paused", "slot", "local", "sends", "hands the gradient", "Play", "Help"):
            assert words not in text, words
        pilot.app.simulate_key("question_mark")
        await settled(pilot)
        help_text = "\n".join(rows(pilot))
        assert "도움말" in help_text and "한 단계 뒤로" in help_text and "scroll" not in help_text


BY_ENGLISH = ("keys", "examples", "errors")
"""Sections of which the English words stand where they are used."""


def test_the_languages_say_the_same_things() -> None:
    english, korean = (set(entries(lang)) for lang in ("en", "ko"))
    assert english == {entry for entry in korean if entry[0] not in BY_ENGLISH}
    assert {name for section, name in korean if section == "examples"} == {example.name for example in EXAMPLES}
    for section, entry in english:
        fields = [
            {field for _, field, _, _ in Formatter().parse(words[section][entry]) if field}
            for words in (whole("en"), whole("ko"))
        ]
        assert fields[0] >= fields[1], (section, entry)


def entries(lang: str) -> list[tuple[str, str]]:
    return [(section, entry) for section, words in whole(lang).items() if isinstance(words, dict) for entry in words]


@cache
def whole(lang: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{lang}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_sections_read_one_by_one_are_those_of_the_whole_file(lang: str) -> None:
    for section, entry in entries(lang):
        text = whole(lang)[section][entry]
        if section == "keys":
            assert key_words(lang, entry) == text
        elif section == "errors":
            assert whole(lang)[section][entry] == text
        else:
            fields = {field: f"{{{field}}}" for _, field, _, _ in Formatter().parse(text) if field}
            assert sentence(lang, section, entry, **fields) == text.format(**fields)


def test_no_two_modules_of_the_tutor_give_private_things_the_same_name() -> None:
    """They are one object: the second would silently take the place of the first."""
    owners: dict[str, list[str]] = {}
    for kind in TutorScreen.__mro__:
        if kind.__module__.startswith("graphtutor.tui.tutor"):
            for name in vars(kind):
                if name.startswith("_") and not name.startswith(("__", "_abc_")):
                    owners.setdefault(name, []).append(kind.__name__)
    framework = {name for kind in TutorScreen.__mro__ if "graphtutor" not in kind.__module__ for name in vars(kind)}
    assert {name: kinds for name, kinds in owners.items() if len(kinds) > 1 and name not in framework} == {}
