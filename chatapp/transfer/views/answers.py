from http import HTTPStatus

from django.http import JsonResponse


def error(sentence: str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
