"""What the person of a page may do, so that templates show no button that answers 404."""

from django.http import HttpRequest

from chatapp.accounts.permissions import Permission, allows


class May:
    """Answer in templates: `{% if may.share %}` asks for `Permission.SHARE`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, name: str) -> bool:
        user = getattr(self._request, "user", None)
        return user is not None and allows(user, Permission[name.upper()])


def permissions(request: HttpRequest) -> dict[str, May]:
    return {"may": May(request)}
