"""`warehouse demo`: a small synthetic province, from its files to a published release.

It may only drop files into the inbox and wait: all else are tasks of runs that the scheduler
started.

demonstration  the order of things
delivery       files made and moved into the inbox
progress       what the scheduler is doing, and whether it is done
summary        what came out, read back from the records
queries        three questions to the marts, as a BI tool would ask them
"""
