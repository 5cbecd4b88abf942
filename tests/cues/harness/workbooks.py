"""Writes the workbooks of the tests with openpyxl, into the folder that is named.

usage: python3 workbooks.py FOLDER
"""

import datetime
import sys

from openpyxl import Workbook
from openpyxl.styles import Font

folder = sys.argv[1]
# The same bytes' content whenever it is run.
MADE = datetime.datetime(2026, 11, 1)


def save(book, name):
    book.properties.created = book.properties.modified = MADE
    book.save(f"{folder}/{name}.xlsx")


def running_order():
    """What a show caller has: a title, a header further down, acts, lengths, times of day, a total, a hidden row."""
    book = Workbook()
    notes = book.active
    notes.title = "Read me"
    notes["A1"] = "Running order of the gala"
    show = book.create_sheet("Show")
    show["A1"] = "Spring Gala 2026"
    show["A1"].font = Font(bold=True)
    show.merge_cells("A1:F1")
    show.append([])
    show.append(["Cue #", "Time", "Dur", "Item", "Dept", "Notes", "Mic"])
    time, length = datetime.time, lambda minutes, seconds=0: datetime.timedelta(minutes=minutes, seconds=seconds)
    rows = [
        [1, time(19, 0), length(25), "Doors", "FOH", None, None],
        ["ACT ONE"],
        ["LX 2", time(19, 30), length(4, 30), "Welcome", "LX", "wait for the house lights", 1],
        [3, None, length(3), "Song 1", "SND", None, 2],
        [3.5, None, length(0, 1.5), "Blackout", "LX", None, None],
        [],
        ["ACT TWO"],
        [4, time(23, 58), length(5), "Finale", "LX", "=1+1 is text here", 1],
        [5, time(0, 15), None, "House lights", "LX", None, None],
        ["TOTAL", None, "=SUM(C4:C11)", None, None, None, None],
    ]
    for row in rows:
        show.append(row)
    show["F11"].data_type = "s"
    for row in range(4, 14):
        show.cell(row, 2).number_format = "h:mm AM/PM"
        show.cell(row, 3).number_format = "[h]:mm:ss"
    show.merge_cells("A5:G5")
    show.row_dimensions[8].hidden = True
    save(book, "running-order")


def typed():
    """Every type of cell: numbers, dates, booleans, an error, formulas, merged cells, a cell far away."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Typed"
    sheet.append(["time", "action", "params.on", "params.n", "group"])
    sheet.append([563.125, "a", True, 7, "Act 1"])
    sheet.append([0.1 + 0.2, "b", False, 1.5, None])
    sheet.append([datetime.timedelta(minutes=9, seconds=20), "c", None, "12", None])
    sheet.merge_cells("E2:E4")
    sheet["B4"].number_format = "@"
    sheet["A4"].number_format = "[h]:mm:ss"
    sheet["XFD1048576"] = " "
    save(book, "typed")


def dated():
    """Times with dates, as in a festival of two days."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Start Time", "Event"])
    sheet.append([datetime.datetime(2026, 12, 24, 19, 30), "Evening"])
    sheet.append([datetime.datetime(2026, 12, 25, 10, 0), "Morning"])
    save(book, "dated")


def uncached():
    """Formulas whose values no program has computed."""
    book = Workbook()
    sheet = book.active
    sheet.append(["time", "action"])
    sheet.append([0, "a"])
    sheet.append(["=A2+10", "b"])
    save(book, "uncached")


def headless():
    """Worksheets without a header."""
    book = Workbook()
    book.active.append([1, 2, 3])
    book.create_sheet("Other").append(["when", "what"])
    save(book, "headless")


for write in (running_order, typed, dated, uncached, headless):
    write()
