"""ACTOR: names of organisations and persons, and their ids."""
