"""Explain to the person why a link was not fetched.

FetchError
├── BadLink         not a plain http or https address
├── NotPublic       leads, or was redirected, to an address that is not public
├── NameUnknown     the name has no address
├── NotSecure       the certificate is not the site's
├── TooLarge        more bytes than the limit
├── TimedOut        the site was slower than the limit                    may be passed on
├── Unreachable     no connection, or the answer is incomplete or not HTTP  may be passed on
├── SiteRefused     any status except 200, 203, redirects                 may be passed on
├── Encoded         compressed although we asked for no compression       may be passed on
└── BadRedirect     too many redirects, or one to an unprotected address  may be passed on
"""

from __future__ import annotations

from django.utils.translation import gettext


class FetchError(Exception):
    """Report that a link was not fetched; `sentence` is for the person.

    The sentence never names an address or quotes the site, because that could reveal a private
    network. With `may_pass_on` every address on the way was checked and public, so the model
    service may still fetch an https link. Without it the link must not be passed on.
    """

    may_pass_on: bool = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadLink(FetchError):
    @classmethod
    def in_form(cls) -> BadLink:
        return cls(gettext("This isn't a web link. Web links begin with https:// or http://."))

    @classmethod
    def in_port(cls) -> BadLink:
        return cls(gettext("This link has a port that web pages don't use."))

    @classmethod
    def in_redirect(cls) -> BadLink:
        return cls(gettext("This link redirects to something that isn't a web address."))


class NotPublic(FetchError):
    def __init__(self) -> None:
        super().__init__(gettext("This link doesn't lead to a public web page."))


class NameUnknown(FetchError):
    def __init__(self) -> None:
        super().__init__(gettext("There is no site with the name in this link."))


class NotSecure(FetchError):
    def __init__(self) -> None:
        super().__init__(gettext("The site couldn't prove that it is the one in this link."))


class TooLarge(FetchError):
    def __init__(self, limit: int) -> None:
        size = f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit // 1024} KB"
        super().__init__(
            gettext("The content of this link is larger than %(size)s.") % {"size": size}
        )


class TimedOut(FetchError):
    may_pass_on = True

    def __init__(self) -> None:
        super().__init__(gettext("The site took too long to answer."))


class Unreachable(FetchError):
    may_pass_on = True

    def __init__(self) -> None:
        super().__init__(gettext("The site couldn't be reached, or its answer was interrupted."))


class SiteRefused(FetchError):
    """Report that the site answered with an HTTP status that brings no content: `status`."""

    may_pass_on = True

    def __init__(self, status: int) -> None:
        missing = status in (404, 410)
        super().__init__(
            gettext("The site has nothing at this address.")
            if missing
            else gettext("The site refused this request (HTTP %(status)d).") % {"status": status}
        )
        self.status = status


class Encoded(FetchError):
    may_pass_on = True

    def __init__(self) -> None:
        super().__init__(gettext("The site sent compressed content, which we don't accept."))


class BadRedirect(FetchError):
    may_pass_on = True

    @classmethod
    def too_many(cls) -> BadRedirect:
        return cls(gettext("This link has too many redirects."))

    @classmethod
    def to_unprotected(cls) -> BadRedirect:
        return cls(gettext("This https link redirects to an unprotected http address."))
