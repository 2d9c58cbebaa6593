"""Measures of the product against a floor or a rival, in one run: `make bench`."""
