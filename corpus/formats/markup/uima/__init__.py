"""UIMA CAS and WebAnno TSV: what INCEpTION, WebAnno and other tools of UIMA write, and what they import."""
