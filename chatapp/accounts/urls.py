"""Sign-in and passwords by django-allauth, limited to the pages that this app needs."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from chatapp.accounts import views
from chatapp.accounts.single_sign_on import views as single_sign_on

urlpatterns = [
    path("account/", include("chatapp.accounts.my_account.urls")),
    path("welcome/", views.welcome, name="welcome"),
    path("account/session", views.session, name="session"),
    path("account/sign-in/", allauth.login, name="account_login"),
    path("account/single-sign-on/", single_sign_on.begin, name="single-sign-on"),
    path(
        "account/single-sign-on/callback/", single_sign_on.callback, name="single-sign-on-callback"
    ),
    path("account/sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("account/inactive/", allauth.account_inactive, name="account_inactive"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("account/password/changed/", views.password_changed, name="password-changed"),
    path("account/reset/", views.password_reset, name="account_reset_password"),
    path(
        "account/reset/sent/",
        views.PasswordResetRequested.as_view(),
        name="account_reset_password_done",
    ),
    path("account/links/", views.password_links, name="password-links"),
    re_path(
        r"^account/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        views.ChoosePassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "account/reset/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # allauth's pages need these two names. The sign-up page explains that the owner adds people.
    path("account/sign-up/", allauth.signup, name="account_signup"),
    path("account/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("account/", include("chatapp.accounts.two_step.urls")),
]
