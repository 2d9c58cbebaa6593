"""Rules of lists beside other lists, other months and the reference data. Judged by builds.

Each module has the rules of one feed. They are written by hand because a contract cannot say them;
what it can say stands there.
"""
