"""A machine learning backend that gives Label Studio suggestions."""
