"""Run the suites, store their outcomes, act on what failed.

expectation, runner        speak to Great Expectations, imported by nobody else, and only when a
                           suite runs: it takes ~9 s
marts                      the audit of the candidate; gate_message and places say where it fails
relations                  what dossiers say beside one another; relations_of_feeds: and lists;
                           new files: `landing.judging`
rules                      every rule by its id, those of contracts too
outcomes, incidents        what is stored: results of rules; what a person must know
sender_files, reasons_vi   findings as a workbook for a sender, in Vietnamese
feed_suite, feed_asset     the rules of a list as GX' own expectations, and what they look at
rules_page                 docs/rules.md
"""
