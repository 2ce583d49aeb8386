"""A machine learning backend: suggestions as people open tasks."""
