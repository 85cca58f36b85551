"""The themes as Textual and Rich want them, and how everything on the screen follows when the theme changes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from rich import theme as rich_theme
from textual.app import App
from textual.theme import Theme
from textual.widgets import OptionList, Static

from graphtutor.tui import palette
from graphtutor.tui.palette import COLOURS

MANNERS = ("", "bold ", "italic ", "underline ", "reverse ", "bold italic ", "bold underline ", "bold reverse ")
"""What may stand before a colour's name in a style."""


def textual_theme(name: str) -> Theme:
    """Return a theme for Textual; every name of the table is a variable of its style sheets."""
    found = COLOURS[name]
    return Theme(
        name=name,
        primary=found["blue"],
        secondary=found["adder"],
        accent=found["gold"],
        foreground=found["foreground"],
        background=found["background"],
        surface=found["surface"],
        panel=found["panel"],
        success=found["value"],
        warning=found["gold"],
        error=found["gradient"],
        dark=name != "light",
        variables={
            **found,
            "text-muted": found["soft"],
            "text-disabled": found["faint"],
            "footer-key-foreground": found["gold"],
            "footer-description-foreground": found["soft"],
            "footer-background": found["surface"],
            "footer-item-background": found["surface"],
            "footer-key-background": found["surface"],
            "footer-description-background": found["surface"],
            "block-cursor-background": found["highlight"],
            "block-cursor-foreground": found["foreground"],
            "input-selection-background": found["selection"],
            "scrollbar": found["thumb"],
            "scrollbar-hover": found["thumb-hover"],
            "scrollbar-active": found["blue"],
            "scrollbar-background": found["background"],
            "scrollbar-background-hover": found["background"],
            "scrollbar-background-active": found["background"],
            "scrollbar-corner-color": found["background"],
        },
    )


def rich_styles(name: str) -> rich_theme.Theme:
    """Return the styles by which Rich knows the names: `"$gold"`, `"bold $gold"`, `"bold reverse $gold"` ..."""
    written = (f"{manner}${colour}" for manner in MANNERS for colour in COLOURS[name])
    return rich_theme.Theme({words: palette.style(words, name) for words in written}, inherit=False)


def wear(app: App[Any], name: str) -> None:
    """Give Rich and the canvas the colours of a theme, and draw anew what was drawn in others."""
    with suppress(rich_theme.ThemeStackError):  # there is none of ours to take off the first time
        app.console.pop_theme()
    app.console.push_theme(rich_styles(name))
    palette.paint_with(name)
    for screen in app.screen_stack:
        for widget in screen.walk_children():
            if isinstance(widget, Static):
                widget.update(widget.content, layout=False)  # its styles were looked up when it was written
            elif isinstance(widget, OptionList):
                for i, option in enumerate(widget.options):
                    widget.replace_option_prompt_at_index(i, option.prompt)
            widget.refresh()
