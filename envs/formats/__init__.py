"""The formats of documents, each found by its suffix through the group `cuagym.formats`.

spreadsheet.py    xlsx, ods, xls, csv
text.py           docx, odt, doc, rtf, txt
presentation.py   pptx, odp, ppt
_containers.py    what their files have in common
"""
