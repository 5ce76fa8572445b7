import pytest

from tests.engines import Engines


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Engines(), "engines")
