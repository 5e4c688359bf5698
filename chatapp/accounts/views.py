from http import HTTPStatus
from typing import Any

from allauth.account import views as allauth
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from chatapp.accounts import reset_requests
from chatapp.accounts.forms import FirstAccountForm
from chatapp.accounts.known_browser import remember_browser
from chatapp.accounts.models import OwnerExists, Person
from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_cookie import write_signed_out
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.sessions import session_response
from chatapp.accounts.signed_in import load_person
from chatapp.accounts.two_step.answers import set_up_first
from chatapp.accounts.two_step.requirement import lacks_two_step
from chatapp.audit.models import Action, Entry


@login_not_required
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Create the owner's account on the first visit."""
    if Person.objects.exists():
        return redirect("home")
    if settings.BEHIND_HTTPS and not settings.SETUP_CODE:
        # Otherwise any stranger could become the owner.
        context = {"on_dyno": settings.ON_DYNO}
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return render(request, "accounts/no_setup_code.html", context, status=status)
    form = FirstAccountForm(request)
    if not form.is_valid():
        return render(request, "accounts/welcome.html", {"form": form})
    try:
        owner = Person.objects.create_owner(
            form.cleaned_data["email"], form.cleaned_data.get("password")
        )
    except OwnerExists:
        return redirect("account_login")
    login(request, owner)
    Entry.objects.record(
        Action.JOINED, owner, request=request, method="first_account", role=owner.role.value
    )
    return redirect("home")


@login_not_required
@require_safe
def session(request: HttpRequest) -> JsonResponse:
    load_person(request)
    if isinstance(request.user, Person) and lacks_two_step(request.user):
        return set_up_first()
    return session_response(request)


@method_decorator(login_not_required, name="dispatch")
class SignOut(allauth.LogoutView):
    """End the session, and remove what an expired session has left in the browser."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The page belongs to a person, although it doesn't require a sign-in.
        request.signed_in_id = request.user.pk  # type: ignore[attr-defined]
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        write_signed_out(response)
        return response


class PasswordReset(allauth.PasswordResetView):
    """Request a link, which is sent by email or handed over by the owner."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"has_email": bool(settings.EMAIL_URL)}


_answer_reset_request = sync_to_async(PasswordReset.as_view())


@login_not_required
async def password_reset(request: HttpRequest) -> HttpResponse:
    """Answer at once, whether there is an account or not, and look it up afterwards."""
    response: HttpResponse = await _answer_reset_request(request)
    if email := getattr(request, "reset_email", ""):
        await reset_requests.start(request, email)
    return response


class PasswordResetRequested(allauth.PasswordResetDoneView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"has_email": bool(settings.EMAIL_URL), "on_dyno": settings.ON_DYNO}


class ChoosePassword(allauth.PasswordResetFromKeyView):
    """Choose a new password at the address of a link.

    Whoever has the link may also sign in with this browser, whatever strangers guess.
    """

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        remember_browser(self.request, response, self.reset_user.pk)
        return response


def change_password(request: PersonRequest) -> HttpResponse:
    """Change the password; to a person without one, explain how they sign in."""
    if not request.user.has_usable_password():
        return render(request, "accounts/no_password.html")
    response: HttpResponse = allauth.password_change(request)
    return response


@require_safe
def password_changed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_changed.html")


@requires(Permission.MANAGE_PEOPLE)
@require_safe
def password_links(request: PersonRequest) -> HttpResponse:
    """Lead to the people who wait for a link to choose a new password: they had this page."""
    return redirect(f"{reverse('people')}#waiting")
