"""Every feed, described once by a contract; everything generic reads contracts and names no feed.

contract          what a contract says
catalogue         all contracts: ours, and those of a province; merge: its single keys over ours
read, read_rules  a contract from its YAML; tree: YAML that knows its lines; draft: what fits of it
schema, shape     keys and forms that a contract may have, and what has others; key_reference is
                  the page that lists them
sense             whether what it says fits together, with sense_of_tables, sense_of_columns,
                  sense_of_rules and sense_between contracts; names and labels that it may give
problem           what is wrong, where, and what to write instead
field_lists       columns that a standard lists already
ddl, view         the table of `raw` that a contract asks for, and the view of what counts
dates             how senders write days and times; owing_words: how contracts say who owes
template          a workbook that senders fill in
in_words, odcs    a contract for people, and in the form of a standard
claims, check_ins the contracts of the insurer's standard; beside them one folder for each list
                  of facilities, staff, posts, people and months
"""
