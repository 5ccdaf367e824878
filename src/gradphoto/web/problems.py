"""A Problem raised by any view becomes its answer: status, code, words and the next step."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from gradphoto.lib.problems import Problem


class ProblemMiddleware:
    """Answers Problems as JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hands on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to a Problem; anything else is Django's."""
        if not isinstance(error, Problem):
            return None
        return JsonResponse(error.as_dict(), status=error.status, json_dumps_params={"ensure_ascii": False})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our own page."""
    problem = Problem("not_allowed")
    return JsonResponse(problem.as_dict(), status=problem.status, json_dumps_params={"ensure_ascii": False})
