"""Readers and writers of the files of annotation tools."""
