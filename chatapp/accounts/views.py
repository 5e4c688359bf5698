from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chatapp.accounts.forms import FirstAccountForm
from chatapp.accounts.models import OwnerExists, Person
from chatapp.accounts.sessions import who_is_here


@login_not_required
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """The first visit: one person makes the account that owns the house."""
    if Person.objects.exists():
        return redirect("home")
    if settings.ON_DYNO and not settings.SETUP_CODE:
        # Whoever came first would own the house.
        return render(request, "accounts/no_setup_code.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    form = FirstAccountForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/welcome.html", {"form": form})
    try:
        owner = Person.objects.create_owner(
            form.cleaned_data["email"], form.cleaned_data["password"]
        )
    except OwnerExists:
        return redirect("account_login")
    login(request, owner)
    return redirect("home")


@login_not_required
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    return who_is_here(request)
