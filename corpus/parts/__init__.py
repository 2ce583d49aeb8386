"""Parts of long documents: where a text is cut, and how its parts become the document again."""
