"""What landing does of claims alone, which are dossiers of many tables.

keys, practitioners    the keys of a dossier, and of the people whom its lines name
raw_rows               the rows of a dossier, copied into `raw`
settlement             the statement by which it is decided which version of a dossier counts
kept_rows              rows that a superseded version lost, brought back where it counts again
facilities             which facilities send claims, on which days
"""
