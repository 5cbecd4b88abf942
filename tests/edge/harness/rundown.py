"""Writes the rundown of a show as a caller has it in a spreadsheet: 60 cues under two rows of title, with acts, blank rows and totals.

usage: python3 rundown.py FILE.xlsx
"""

import datetime
import sys

from openpyxl import Workbook
from openpyxl.styles import Font

BEGIN = datetime.datetime(2026, 12, 31, 22, 30)

# The acts: their heading, when they begin as minutes after half past ten in the evening, and their items with minutes, department
# and notes. The third begins at five to midnight.
ACTS = [
    ("PRE-SHOW", 0, [(f"Walk-in loop {n}", 1.5, "SND", None) for n in range(1, 9)]),
    ("ACT ONE", 30, [(f"Song {n}", 2.25, "LX" if n % 2 else "SND", "wait for the nod" if n == 3 else None) for n in range(1, 21)]),
    ("ACT TWO: MIDNIGHT", 85, [(f"Number {n}", 1.25, "VID", "all screens; see page 4, bottom" if n == 5 else None) for n in range(1, 21)]),
    ("POST-SHOW", 115, [(f"Walk-out {n}", 2, "FOH", None) for n in range(1, 13)]),
]

book = Workbook()
cover = book.active
cover.title = "Contacts"
cover["A1"], cover["B1"] = "Name", "Phone"
cover["A2"], cover["B2"] = "Ana", "555-0100"
sheet = book.create_sheet("Rundown")
sheet["A1"] = "New Year's Eve 2026"
sheet["A1"].font = Font(bold=True, size=16)
sheet.merge_cells("A1:F1")
sheet["A2"], sheet["E2"] = "Version 7, all times local", "SM: Ana"
sheet.append([])
sheet.append(["Cue #", "Time Start", "Dur", "Item", "Dept", "Notes"])
number, act_rows = 0, []
for heading, begin, items in ACTS:
    sheet.append([heading])
    sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=6)
    at = BEGIN + datetime.timedelta(minutes=begin)
    for item, minutes, department, notes in items:
        number += 1
        length = datetime.timedelta(minutes=minutes)
        sheet.append([number, at.time(), length, item, department, notes])
        at += length
    # A spreadsheet program saves the sum's value beside its formula; openpyxl has none to save.
    sheet.append([None, None, sum((datetime.timedelta(minutes=item[1]) for item in items), datetime.timedelta()), "Act total"])
    sheet.append([])
sheet.append(["TOTAL", None, None, f"{number} cues"])
for row in range(5, sheet.max_row + 1):
    sheet.cell(row, 2).number_format = "h:mm:ss AM/PM"
    sheet.cell(row, 3).number_format = "[h]:mm:ss"
book.properties.created = book.properties.modified = BEGIN
book.save(sys.argv[1])
