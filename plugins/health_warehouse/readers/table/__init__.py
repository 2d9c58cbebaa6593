"""Lists as people send them: workbooks and text.

table_reader   the reader: which form the bytes have, and its rows
form           that form
xlsx           workbooks of Excel, with xlsx_styles; xml_parts and zip_parts keep them in bounds
ods            of LibreOffice; xls, xlsb: older and binary ones of Excel, by libraries;
               xlsb_records: what the library passes over
text_sheet     values between signs, with encodings and old_encodings
cells          what all forms come to: sheets, rows, cells
header         where the headings stand; matching: which is which; differences: what is otherwise
rows           from sheets to rows, with sheet_rows; ends: rows that are none of the list
title_days     the day that a title tells
values         cells to texts; numbers and locales: 1.234,5 or 1,234.5
"""
