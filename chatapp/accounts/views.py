from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.forms import FirstAccountForm
from chatapp.accounts.models import OwnerExists, Person


@login_not_required
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """The first visit: one person makes the account that owns the house."""
    if Person.objects.exists():
        return redirect("home")
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
