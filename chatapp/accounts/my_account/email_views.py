"""/account/email: another email. /account/email/<token>/: the link that confirms it."""

from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatapp.accounts.my_account import email_change
from chatapp.accounts.my_account.forms import EmailForm
from chatapp.accounts.my_account.views import page, saved, section
from chatapp.accounts.person_request import PersonRequest


@section
@reauthentication_required
def email(request: PersonRequest) -> HttpResponse:
    """Change the email, or send a link to the new one where emails can be sent."""
    person = request.user
    form = EmailForm(person, request.POST)
    counter = email_change.CHANGES.of(str(person.pk))
    if form.is_valid() and not counter.take():
        form.add_error("email", _("You've tried this often. Wait an hour and try again."))
    if not form.is_valid():
        return page(request, email_form=form)
    try:
        if settings.EMAIL_URL:
            email_change.send_link(request, person, form.cleaned_data["email"])
            return saved("email", "sent")
        email_change.change_email(request, person, form.cleaned_data["email"])
    except email_change.EmailTaken:
        form.add_error("email", _("This email can't be used here. Choose another one."))
    except email_change.EmailNotSent:
        form.add_error("email", _("The email couldn't be sent. Try again in a few minutes."))
    return page(request, email_form=form) if form.errors else saved("email")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Change the email on POST: programs that look for viruses open every link."""
    try:
        change = email_change.read_link(token)
        if request.method == "POST":
            email_change.change_email(request, change.person, change.email)
    except (email_change.LinkExpired, email_change.EmailTaken):
        return render(request, "accounts/email_link_expired.html", status=HTTPStatus.GONE)
    context = {"email": change.email, "is_changed": request.method == "POST"}
    return render(request, "accounts/email_confirmation.html", context)
