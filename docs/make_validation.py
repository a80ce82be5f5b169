"""Print docs/validation.md: measure every row of tests/cases/validation.yaml. Takes about a minute: `make docs`."""

from pathlib import Path

from drill.lab.validation import Validation
from drill.lab.validation_page import judge, page

CASES = Path(__file__).resolve().parent.parent / "tests/cases/validation.yaml"


def main() -> None:
    """Print the page."""
    validation = Validation(CASES)
    print("\n".join(page(judge(validation), validation.sources)))  # noqa: T201  the page goes to the standard output


if __name__ == "__main__":
    main()
