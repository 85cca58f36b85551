"""Settings shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "graphtutor",
    deadline=None,
    derandomize=True,
    max_examples=60,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("graphtutor")


@pytest.fixture(scope="session", autouse=True)
def _no_memory_of_the_real_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAPHTUTOR_STATE", str(tmp_path_factory.mktemp("state")))
        yield


def pytest_xdist_auto_num_workers() -> int:
    """Run twice as many workers as there are processors: the tests of screens wait for timers half of the time."""
    return 2 * (os.cpu_count() or 1)
