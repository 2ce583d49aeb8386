"""Addresses of goldspan's own server: Label Studio's, and those of goldspan's own requests."""

from core.urls import *  # noqa: F403
from core.urls import urlpatterns as _studio_patterns
from django.urls import path
from goldspan_results import ReplaceResults
from goldspan_suggestions import ReplaceSuggestions

urlpatterns = [
    path("api/projects/<int:pk>/replace-suggestions", ReplaceSuggestions.as_view()),
    path("api/projects/<int:pk>/replace-results", ReplaceResults.as_view()),
    *_studio_patterns,
]
