"""Adapters for packages that people compare with, none of which goldspan depends on."""
