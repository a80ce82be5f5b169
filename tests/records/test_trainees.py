"""Trainee codes: what may be one, and how an odd one is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.errors import ValueRangeError
from drill.records.trainees import MOST, shown_code, trainee_code


@pytest.mark.parametrize(("text", "code"), [("", ""), (" Jürgen P. ", "Jürgen P."), ("李 7", "李 7"), (40 * "x", 40 * "x")])
def test_a_code_is_kept_without_the_spaces_around_it(text: str, code: str) -> None:
    """Letters of any language, signs and inner spaces are fine; nothing means nobody."""
    assert trainee_code(text) == code


@given(st.text() | st.text(alphabet=" \n\r\t\x1b\x00\u2028\u202e\udc80aé", max_size=80))
def test_any_text_is_kept_on_one_line_or_refused_and_always_shown_safely(text: str) -> None:
    """What is kept prints, is short, and is kept again as it is; what is shown prints on one line, also in the refusal."""
    assert shown_code(text).isprintable()
    assert len(shown_code(text)) <= 60
    try:
        code, refused = trainee_code(text), ""
    except ValueRangeError as error:
        code, refused = "", str(error)
    assert refused.isprintable()
    assert code.isprintable()
    assert len(code) <= MOST
    assert code == trainee_code(code) == shown_code(code)
