"""The rules over others: what dossiers say beside one another. They flag, and change no figure."""
