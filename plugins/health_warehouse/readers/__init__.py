"""From the bytes of a delivery to its documents: pure, in a stream, within bounds.

protocol     what every reader offers
row          a document of one row; remark: what was noticed in it
value_checks single values against a contract, as the rules in SQL judge them
registry     readers by the names that contracts give them
json_lines, claims_xml, check_ins_xml are readers; table is one for workbooks and lists as text
"""
