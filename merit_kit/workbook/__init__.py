"""Tables and forms in and out: levels, agencies, people, rooms, published results, open questions.

Reads and judges; keeps nothing. All XLSX and CSV of the kit is written and read here.
"""

from merit_kit.workbook._agencies import TIME_ZONES, read_agencies
from merit_kit.workbook._export import Value, sipinter_rows, write_rows
from merit_kit.workbook._faulty_files import FaultyFile
from merit_kit.workbook._form import read_form, write_forms
from merit_kit.workbook._form_pages import Form, write_form
from merit_kit.workbook._frames import FRAME_ENDINGS, check_folder_of, check_frame_file, write_frame
from merit_kit.workbook._front import FormAgency, FormRound
from merit_kit.workbook._given import Given, LevelTable
from merit_kit.workbook._identity import FORM, OPEN_ITEMS, Identity, identity_of
from merit_kit.workbook._instrument_form import read_instrument_form
from merit_kit.workbook._instrument_form_pages import write_instrument_form
from merit_kit.workbook._levels import first_agency, read_levels
from merit_kit.workbook._mapping import ColumnMapping, read_mapping
from merit_kit.workbook._open_items import (
    OpenAnswer,
    OpenAnswers,
    OpenItem,
    OpenItems,
    read_open_items,
    write_open_items,
)
from merit_kit.workbook._pages import as_read
from merit_kit.workbook._people import ROLES, read_people, role_named
from merit_kit.workbook._published import read_published
from merit_kit.workbook._rooms import ROOM_KINDS, read_rooms
from merit_kit.workbook._tables import Look, Named
from merit_kit.workbook._xlsx import may_be_workbook

__all__ = [
    "FORM",
    "FRAME_ENDINGS",
    "OPEN_ITEMS",
    "ROLES",
    "ROOM_KINDS",
    "TIME_ZONES",
    "ColumnMapping",
    "FaultyFile",
    "Form",
    "FormAgency",
    "FormRound",
    "Given",
    "Identity",
    "LevelTable",
    "Look",
    "Named",
    "OpenAnswer",
    "OpenAnswers",
    "OpenItem",
    "OpenItems",
    "Value",
    "as_read",
    "check_folder_of",
    "check_frame_file",
    "first_agency",
    "identity_of",
    "may_be_workbook",
    "read_agencies",
    "read_form",
    "read_instrument_form",
    "read_levels",
    "read_mapping",
    "read_open_items",
    "read_people",
    "read_published",
    "read_rooms",
    "role_named",
    "sipinter_rows",
    "write_form",
    "write_forms",
    "write_frame",
    "write_instrument_form",
    "write_open_items",
    "write_rows",
]
