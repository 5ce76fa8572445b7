import pytest

# Their assertions are explained like those of the tests that use them.
pytest.register_assert_rewrite("tests.workflow.lives", "tests.repairs.battery")
