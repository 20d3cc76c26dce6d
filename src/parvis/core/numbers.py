"""Numbers that strangers type: into forms, behind question marks, inside cursors."""

LARGEST = 2**63 - 1  # what a column of the database holds
_DIGITS = len(str(LARGEST))


def whole(text: str, *, most: int = LARGEST) -> int | None:
    """``text`` as a whole number from 0 to ``most``; None for anything else.

    Signs that only look like digits ("²", "٣") and numbers longer than the database holds are nothing that we wrote.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        return None
    number = int(text)
    return number if number <= most else None


def page_number(text: str, *, most: int) -> int:
    """The page that is asked for, from 1 to ``most``; the first one when it is none."""
    return whole(text, most=most) or 1
