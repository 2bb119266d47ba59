from __future__ import annotations

import pytest

from cjm_tracker import errors


def family() -> list[type[errors.CjmError]]:
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, type))
    return [kind for kind in kinds if issubclass(kind, errors.CjmError)]


@pytest.mark.parametrize("kind", family(), ids=lambda kind: kind.__name__)
def test_every_error_tells_the_shell_that_something_failed(kind: type[errors.CjmError]) -> None:
    assert 0 < kind.exit_code < 128


@pytest.mark.parametrize("kind", family(), ids=lambda kind: kind.__name__)
def test_every_error_is_in_the_tree_the_module_shows(kind: type[errors.CjmError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


def test_what_may_be_tried_again_is_told_from_what_may_not() -> None:
    assert not issubclass(errors.WarehouseUnavailable, errors.WarehouseRejected)
    assert not issubclass(errors.WarehouseRejected, errors.WarehouseUnavailable)


def test_an_invalid_record_names_its_reason_first() -> None:
    assert str(errors.InvalidRecord("not_json", "line 1")) == "not_json: line 1"
