"""Addresses of goldspan's own server: Label Studio's, and that of `goldspan_suggestions`."""

from core.urls import *  # noqa: F403
from core.urls import urlpatterns as _studio_patterns
from django.urls import path
from goldspan_suggestions import ReplaceSuggestions

urlpatterns = [path("api/projects/<int:pk>/replace-suggestions", ReplaceSuggestions.as_view()), *_studio_patterns]
