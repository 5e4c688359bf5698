"""Why a link was not fetched, in words for the person who sent it.

FetchError
├── BadLink         not a plain http or https address
├── NotPublic       leads, or was redirected, to an address that is not public
├── NameUnknown     the name has no address
├── NotSecure       the certificate is not the site's
├── TooLarge        more bytes than the limit
├── TimedOut        the site was slower than the limit                    may be passed on
├── Unreachable     no connection, it dropped, or it did not speak HTTP   may be passed on
├── SiteRefused     any status but 200 and redirects                      may be passed on
├── Encoded         compressed although we asked for it as it is          may be passed on
└── BadRedirect     too many redirects, or one to an unprotected address  may be passed on
"""

from __future__ import annotations

from django.utils.translation import gettext


class FetchError(Exception):
    """A link that was not fetched; `sentence` can be shown as it is.

    It never names an address or repeats the site's words: it would tell about a private network.
    `may_pass_on` says that every address on the way was checked and public, so that an https link
    may still be given to somebody else to fetch. Where it is False the link must go nowhere.
    """

    may_pass_on: bool = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadLink(FetchError):
    @classmethod
    def in_form(cls) -> BadLink:
        return cls(gettext("This is not a web link. It begins with https:// or http://."))

    @classmethod
    def in_port(cls) -> BadLink:
        return cls(gettext("This link names a port that is not used for web pages."))

    @classmethod
    def in_redirect(cls) -> BadLink:
        return cls(gettext("This link leads on to something that is not a web address."))


class NotPublic(FetchError):
    def __init__(self) -> None:
        super().__init__(gettext("This link does not lead to a public place on the web."))


class NameUnknown(FetchError):
    def __init__(self) -> None:
        super().__init__(gettext("No site was found under the name in this link."))


class NotSecure(FetchError):
    def __init__(self) -> None:
        super().__init__(gettext("The site could not prove that it is the one in this link."))


class TooLarge(FetchError):
    def __init__(self, limit: int) -> None:
        size = f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit // 1024} KB"
        super().__init__(
            gettext("What this link leads to is larger than %(size)s.") % {"size": size}
        )


class TimedOut(FetchError):
    may_pass_on = True

    def __init__(self) -> None:
        super().__init__(gettext("The site took too long to answer."))


class Unreachable(FetchError):
    may_pass_on = True

    def __init__(self) -> None:
        super().__init__(gettext("The site could not be reached, or its answer broke off."))


class SiteRefused(FetchError):
    """`status` is the HTTP status code of the answer."""

    may_pass_on = True

    def __init__(self, status: int) -> None:
        missing = status in (404, 410)
        super().__init__(
            gettext("The site has nothing at this address.")
            if missing
            else gettext("The site did not hand this out (HTTP %(status)d).") % {"status": status}
        )
        self.status = status


class Encoded(FetchError):
    may_pass_on = True

    def __init__(self) -> None:
        super().__init__(gettext("The site sent this in a compressed form that is not accepted."))


class BadRedirect(FetchError):
    may_pass_on = True

    @classmethod
    def too_many(cls) -> BadRedirect:
        return cls(gettext("This link was passed on from one address to the next too often."))

    @classmethod
    def to_unprotected(cls) -> BadRedirect:
        return cls(gettext("This https link leads on to an unprotected http address."))
