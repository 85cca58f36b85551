"""The commands of the palette: what the keys of the screen do, and everything that can be opened by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from textual.app import App, SystemCommand
from textual.command import Hit, Hits
from textual.screen import Screen
from textual.system_commands import SystemCommandsProvider

from graphtutor.exercises.catalogue import catalogue
from graphtutor.explain.words import key_words, languages, sentence
from graphtutor.tui import recent, shelf
from graphtutor.tui.cells import one_line
from graphtutor.tui.memory import Memory, Saved
from graphtutor.tui.palette import THEMES

BEHIND = 0.5
"""How well a description fits: behind all titles, which get 1 at least."""


class Described(SystemCommandsProvider):
    """Find a command by the words of its description, too; where nothing fits, say so and offer all of them."""

    async def search(self, query: str) -> Hits:
        """Yield the commands whose title fits, and those with every word in the description."""
        matcher, words, found = self.matcher(query), query.casefold().split(), False
        for title, about, run, _ in self.app.get_system_commands(self.screen):
            fits = matcher.match(title)
            found |= (described := all(word in about.casefold() for word in words)) or fits > 0
            if fits > 0:
                yield Hit(fits, matcher.highlight(title), run, help=about)
            elif described:
                yield Hit(BEHIND, title, run, help=about)
        if not found:
            lang = getattr(self.app, "lang", "en")
            title, about = (sentence(lang, "palette", entry) for entry in ("nothing", "nothing_about"))
            yield Hit(BEHIND, title, self.app.action_command_palette, help=about)


class Opener(Protocol):
    """What the commands need of the application."""

    memory: Memory
    lang: str

    @property
    def plain(self) -> bool:
        """Whether only ASCII signs are drawn."""

    def open_saved(self, saved: Saved) -> None:
        """Show the tutor on an expression."""

    def take(self, path: Path) -> None:
        """Show the exercise in a file."""

    def wear(self, name: str) -> None:
        """Take a theme."""

    def speak(self, lang: str) -> None:
        """Take a language."""


def actions(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Yield what the keys do that work now, each once with all its keys."""
    lang = getattr(app, "lang", "en")
    found: dict[tuple[str, str], tuple[list[str], Callable[[], Any]]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.tooltip and active.enabled and binding.action != "command_palette":
            run: Callable[[], Any] = partial(app.run_action, binding.action, active.node)
            shown, _ = found.setdefault((binding.description, binding.tooltip), ([], run))
            shown.append(app.get_key_display(binding))
    for (description, tooltip), (shown, run) in found.items():
        name, said = key_words(lang, description), key_words(lang, tooltip)
        title = description if name == description else f"{name} · {description}"  # both can be typed
        yield SystemCommand(title, f"{said} ({' '.join(dict.fromkeys(shown))})", run)


def openings(app: Opener) -> Iterator[SystemCommand]:
    """Yield what can be opened, found by typing a part of its name."""
    from graphtutor.examples import EXAMPLES, gates_alone

    lang = app.lang

    def command(title: str, about: str, run: Callable[[], Any]) -> SystemCommand:
        return SystemCommand(title, about, run, discover=False)

    for entry in recent.entries(app.memory):
        text = one_line(entry.saved.text)
        about = sentence(lang, "palette", "recent_about")
        yield command(sentence(lang, "palette", "recent", text=text), about, partial(app.open_saved, entry.saved))
    for example in (*EXAMPLES, *gates_alone()):
        open = partial(app.open_saved, Saved(example.text, {}))
        about = f"{example.title}: {shelf.about(example, lang)}"
        yield command(sentence(lang, "palette", "example", name=example.name), about, open)
    for exercise in catalogue():
        title = sentence(lang, "palette", "exercise", name=exercise.id)
        yield command(title, exercise.said(lang), partial(app.take, exercise.path))


def themes(app: Opener, worn: str) -> Iterator[SystemCommand]:
    """Yield the themes that are not worn."""
    for name in THEMES:
        if name != worn:
            title = sentence(app.lang, "palette", "theme", name=sentence(app.lang, "themes", name))
            yield SystemCommand(title, sentence(app.lang, "palette", "theme_about"), partial(app.wear, name))


def tongues(app: Opener) -> Iterator[SystemCommand]:
    """Yield the languages that are not spoken, each in its own words and in the words of the one that is."""
    for code, name in languages().items():
        if code != app.lang:
            both = (app.lang,) if app.plain else (app.lang, code)  # either can be typed
            kind = " · ".join(dict.fromkeys(sentence(lang, "palette", "language") for lang in both))
            named = " · ".join(dict.fromkeys([name] * (not app.plain) + [sentence(app.lang, "languages", code)]))
            yield SystemCommand(
                f"{kind}: {named}", sentence(app.lang, "palette", "language_about"), partial(app.speak, code)
            )
