"""/people/sign-in/: whether two-step sign-in is required, for each role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.people.sign_in_policy import SignInPolicyForm


@requires(Permission.SET_SIGN_IN_POLICY)
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: PersonRequest) -> HttpResponse:
    form = SignInPolicyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        form.save(request)
        return redirect(f"{request.path}?saved")
    context = {"form": form, "is_saved": "saved" in request.GET}
    return render(request, "people/policy.html", context)
