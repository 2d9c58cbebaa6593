"""Run the suites, store their outcomes, act on what failed.

`expectation` and `runner` speak to Great Expectations (imported by nobody else, and only when a
suite runs: importing it takes ~9 s); `marts` judges the candidate, `relations` what dossiers say
beside one another; `outcomes` and `incidents` are what is stored; `rules_page` writes docs/rules.md.
New files are judged by `landing.judging`.
"""
