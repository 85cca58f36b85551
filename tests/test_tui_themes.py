"""The themes: what the eye needs of them, and that everything on the screen follows at once."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from graphtutor.cli import main
from graphtutor.examples import EXAMPLES
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.palette import COLOURS, THEMES
from graphtutor.tui.study import study

GROUNDS = ("background", "surface", "panel", "highlight")
LINES = ("wire", "frame")
WRITTEN = (
    *("foreground", "soft", "faint", "value", "gradient", "blue", "gold", "acting", "token-forward", "token-backward"),
    *("distributor", "adder", "router", "switcher", "scaler"),
)
NEURON = next(example.text for example in EXAMPLES if "sigmoid(" in example.text)


def linear(colour: str) -> list[float]:
    """Return sRGB without its gamma, as WCAG 2.2 defines relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2.2 contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48  # the best known near miss


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_ground(theme: str) -> None:
    colours = COLOURS[theme]
    least = 7 if theme == "high-contrast" else 4.5
    for name in WRITTEN:
        for ground in GROUNDS:
            ratio = contrast(colours[name], colours[ground])
            assert ratio >= (least if ground != "highlight" else 4.5), (name, ground, ratio)
    for name in LINES:
        assert contrast(colours[name], colours["background"]) >= 3, name


# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear sRGB.
SEEN = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def lab(rgb: list[float]) -> list[float]:
    """Return CIE L*a*b* (D65) of linear sRGB."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (
        (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116)
        for t in (
            sum(a * b for a, b in zip(row, rgb, strict=True)) / norm for row, norm in zip(rows, white, strict=True)
        )
    )
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def difference(one: str, other: str, eye: str) -> float:
    """Return how different two colours look to an eye (CIE 1976; 2.3 is just noticeable)."""

    def seen(colour: str) -> list[float]:
        mixed = [sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in SEEN[eye]]
        return lab([min(1.0, max(0.0, part)) for part in mixed])

    return sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5


@pytest.mark.parametrize("eye", SEEN)
def test_values_gradients_and_selection_differ_for_every_eye_in_the_colour_blind_theme(eye: str) -> None:
    colours = COLOURS["colour-blind"]
    for one, other in combinations(("value", "gradient", "gold"), 2):
        assert difference(colours[one], colours[other], eye) > 20, (one, other)


def test_the_dark_theme_would_not_do_for_every_eye() -> None:
    dark = COLOURS["dark"]
    assert min(difference(dark["value"], dark["gold"], eye) for eye in SEEN) < 20


# On the screen


def picture(pilot: Pilot[None]) -> list[list[tuple[str, object]]]:
    """Return every cell's character and style."""
    return [
        [(character, str(segment.style)) for segment in strip for character in segment.text]
        for strip in pilot.app.screen._compositor.render_strips()
    ]


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(4):
        await pilot.pause()


@pytest.mark.parametrize(("text", "keys"), [(None, "down"), (NEURON, "right v"), (NEURON, "end f1")])
async def test_everything_follows_a_change_of_the_theme_at_once(text: str | None, keys: str) -> None:
    async def opened(*worn: str) -> list[list[list[tuple[str, object]]]]:
        app = GraphtutorApp(study(text) if text else None, clock=lambda: 0.0, theme=worn[0])
        pictures = []
        async with app.run_test(size=(110, 32)) as pilot:
            await settled(pilot)
            for key in keys.split():
                app.simulate_key(key)
                await settled(pilot)
            for line in app.screen.query(Input):
                line.cursor_blink = False
            for theme in worn:
                app.theme = theme
                await settled(pilot)
                pictures.append(picture(pilot))
        return pictures

    dark, contrast, light, *_, again = await opened("dark", "high-contrast", "light", "colour-blind", "dark")
    assert [light] == await opened("light")
    assert again == dark != light != contrast


async def test_a_key_takes_the_next_theme_and_says_which() -> None:
    app = GraphtutorApp(study(NEURON), clock=lambda: 0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        seen = [app.theme]
        for _ in THEMES:
            await pilot.press("ctrl+t")
            await settled(pilot)
            seen.append(app.theme)
            assert [toast.message for toast in app._notifications] == [f"theme: {app.theme}"]
        assert seen == [*THEMES, THEMES[0]]


async def test_the_palette_lists_the_themes() -> None:
    app = GraphtutorApp(None, clock=lambda: 0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        commands = {command.title: command for command in app.get_system_commands(app.screen)}
        assert {f"Theme: {name}" for name in THEMES[1:]} <= set(commands)
        commands["Theme: light"].callback()
        await settled(pilot)
        assert app.theme == "light"


def test_an_unknown_theme_is_refused_with_the_legal_choices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "f = x", "--theme", "lite"]) == 2
    assert "light" in capsys.readouterr().err
