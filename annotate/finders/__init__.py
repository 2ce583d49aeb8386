"""Extractors that find what users list: patterns, dictionaries, and what people marked in other documents."""

from __future__ import annotations
