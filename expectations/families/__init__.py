"""The rules at the door, one module per letter of the catalogue."""
