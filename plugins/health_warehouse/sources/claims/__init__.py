"""The insurer's claim files and check-ins (QĐ 4750/QĐ-BYT, 3176/QĐ-BYT): bytes in, values out.

schema              the tables as fields.csv lists them
parse, check_ins    a claim file as a stream of dossiers; a check-in file as a stream of rows
legacy              files of the standard before, refused; other_envelopes: not taken yet
file_bytes          a bounded file in UTF-8; character_encoding is the rule of what its bytes are
element_stream      elements of a large document; hardened_xml reads those of strangers
parts, dossier      one HOSO, its tables decoded and judged; spread: one that stands in several
content             what stands in NOIDUNGFILE; rows and plain_rows: the rows of a table there
blank_rows, losses  rows that tell of no event; what rows cannot hold
composed, described text in NFC; a value told without giving it away
"""
