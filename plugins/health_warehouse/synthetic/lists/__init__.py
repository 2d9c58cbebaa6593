"""The lists of the other feeds, as people send them: workbooks and texts, tidy and not.

Public: what `province_files`, `delivering` and `truth` offer. Columns are called as the contracts
say, so a changed label changes the files.

sending, calendar_days     which lists there are, of whom, as of when
sheets                     a list before it is written
rows_of_places, rows_of_staff, rows_of_activity
                           the rows, from the world
hands, spelling            how people write, and what becomes of a label or a value
workbooks, texts, vietnamese_bytes
                           the files
breaches_of_columns, breaches_of_rules, damage
                           what is broken, in which row; one kind per rule of a contract
breaches_of_lists          the same for rules that look at other rows and lists; by feeds:
                           breaches_of_registry, breaches_of_stations, breaches_of_staff,
                           breaches_of_figures; breaching: what a kind of these is made of
consequences               which other rows such rules then find
delivering                 all of it into a folder
truth, province_files      what is true, as tables; lists, claims and truth together
"""
