"""What a spreadsheet says to whoever fills in a cell, and what it does not let in."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from merit_kit.i18n import Words
from merit_kit.workbook._tables import LONGEST_TEXT
from merit_kit.workbook._xlsx import letters


def length_of_text(w: Words) -> DataValidation:
    """Refuse a text that is longer than we read."""
    return DataValidation(
        type="textLength",
        operator="lessThanOrEqual",
        formula1=str(LONGEST_TEXT),
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=w("form.too_long.title"),
        error=w("form.too_long.text", most=LONGEST_TEXT),
    )


def hint_of_files(w: Words) -> DataValidation:
    """Say how names of files are written."""
    return DataValidation(
        showInputMessage=True,
        promptTitle=w("form.files_hint.title"),
        prompt=w("form.files_hint.text"),
    )


def over(sheet: Worksheet, rule: DataValidation, above: int, last: int, column: int) -> None:
    """Lay a rule over the cells of a column, from below line `above` to line `last`."""
    rule.add(f"{letters(column)}{above + 1}:{letters(column)}{last}")
    sheet.add_data_validation(rule)
