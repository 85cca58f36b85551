"""The app survives being used at random; `tests/benchmarks/bench_soak.py` is the long version, with memory."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from soaking import do, go_home, next_deed, soaking


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_keys_mouse_and_sizes_break_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # exports are written here
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    rng = random.Random(seed)
    done = []
    async with soaking() as pilot:
        for _ in range(150):
            done.append(next_deed(pilot, rng))
            try:
                await do(pilot, done[-1])
            except Exception as error:
                raise AssertionError(f"after {done[-10:]}") from error
            assert pilot.app._exception is None, f"after {done[-10:]}"
        await pilot.resize_terminal(80, 24)
        await go_home(pilot)
        assert "expression" in pilot.app.export_screenshot()
