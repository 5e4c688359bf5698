"""Leading on to a page after a POST."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect


def see_other(to: Any, *arguments: Any) -> HttpResponse:
    """Lead on to an object, a named address or a URL, whatever the method of the request was."""
    response = redirect(to, *arguments)
    response.status_code = HTTPStatus.SEE_OTHER
    return response
