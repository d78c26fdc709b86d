"""Addresses of the web side."""

from django.urls import include, path

from web.review.admin import accounts

urlpatterns = [
    path("", include("web.chat.urls")),
    path("", include("web.handoff.urls")),
    path("staff/admin/", accounts.urls),
    path("staff/", include("web.review.urls")),
]

handler400 = "web.review.error_pages.bad_request"
handler403 = "web.review.error_pages.forbidden"
handler404 = "web.review.error_pages.not_found"
handler500 = "web.chat.problems.server_error"
