"""Tables in: files of levels, agencies and published results. Reads and judges; writes nothing."""

from merit_kit.workbook._agencies import read_agencies
from merit_kit.workbook._levels import Given, LevelTable, first_agency, read_levels
from merit_kit.workbook._published import read_published

__all__ = ["Given", "LevelTable", "first_agency", "read_agencies", "read_levels", "read_published"]
