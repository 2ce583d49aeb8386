"""Privacy of annotators: who is a person, their pseudonyms and the key to them, and a check of what is published.

One rule: the project's own files keep names, and pseudonyms are put on at the border, where documents are exported,
published or reported.
"""
