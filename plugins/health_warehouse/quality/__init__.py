"""Run the suites, store their outcomes, act on what failed.

`expectation` and `runner` speak to Great Expectations (imported by nobody else, and only when a
suite runs: importing it takes ~9 s); `landing` judges new files, `marts` the candidate; `outcomes`,
`incidents` and `findings` are what is stored; `rules_page` writes docs/rules.md.
"""
