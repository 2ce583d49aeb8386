"""Readers and writers of annotations in markup: XML, and lines that mark spans by offsets."""
