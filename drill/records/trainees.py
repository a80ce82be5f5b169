"""Trainee codes: what may be one, and how an odd one of an older run is shown."""

from typing import Final

from drill.errors import ValueRangeError

MOST: Final = 40  # letters of a code that is given; tunable: it stands in a column of every list
_WIDEST: Final = 60  # letters of one that is shown: a robot's name may be longer than a code


def trainee_code(text: str) -> str:
    """Return a code without the spaces around it; "" means nobody in particular.

    Raises ValueRangeError for more than 40 letters, for spaces alone, and for a line break or anything else that does not print.
    """
    code = text.strip(" ")
    if text and not code:
        wrong = "holds only spaces"
    elif not code.isprintable():
        odd = next(sign for sign in code if not sign.isprintable())
        wrong = "holds a line break" if odd in "\n\r" else f"holds a sign that does not print ({odd!a})"
    elif len(code) > MOST:
        wrong = f"has {len(code)} letters"
    else:
        return code
    message = f"the trainee code '{shown_code(text)}' {wrong}: give at most {MOST} letters, digits, signs or spaces on one line"
    raise ValueRangeError(message)


def shown_code(code: str) -> str:
    """Return a code that is safe on one line: what does not print as its escape, spaces at its ends in quotes, a long one cut."""
    text = printable(code)
    text = f'"{text}"' if text != text.strip() else text
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def printable(text: str) -> str:
    """Return a text with what does not print as its escape: nothing of it can look like the program's own line, or colour it."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
