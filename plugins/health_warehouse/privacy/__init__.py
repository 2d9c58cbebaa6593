"""Keys that stand for persons, and where what they stand for is kept.

person_key     a person, a dossier, one of the staff as a keyed hash
known_key      the key, as the database knows it again; key_state says whether all is made anew
identity       who a version is about, as hashes that only its dossier shares
vault          what a person key stands for
shown          how people are told of a delivery without its name
scopes         which facilities a login sees
"""
