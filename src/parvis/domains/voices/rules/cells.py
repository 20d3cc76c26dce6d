"""Cells of tables that people open in a spreadsheet."""

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise_cell(value: str) -> str:
    """The value as a cell that no spreadsheet takes for a formula: a leading apostrophe where it would.

    Plain numbers ("-3", "+2.5") stay as they are.
    """
    if not value or not value.lstrip(" \u00a0\ufeff").startswith(_STARTS_FORMULA):
        return value
    body = value[1:]
    if value[0] in "+-" and body.replace(".", "", 1).isascii() and body.replace(".", "", 1).isdigit():
        return value
    return "'" + value
