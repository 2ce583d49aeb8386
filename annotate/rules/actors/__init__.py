"""ACTOR: names of organisations and persons, phrases with names, and ids."""
