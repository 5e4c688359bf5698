"""Signals about what people may do. The first four are sent by the verbs in `membership`, in the
transaction that stores the change: what a receiver writes is stored with it or not at all.

A receiver that ends something that runs listens to `access_changed`, which every process sends.
"""

from django.dispatch import Signal

# `person` can't sign in any more: deactivated, or deleted while active.
person_deactivated = Signal()

# `person` was deleted, which may be undone for 30 days.
person_deleted = Signal()

# The deletion of `person` was undone.
person_restored = Signal()

# `person` has another role, or may use other models.
role_changed = Signal()

# The person with this `person_id` may use the site (`is_active`) or not since a moment ago. Sent on
# the event loop of every process, within two seconds, and again for a few seconds: something may
# have begun meanwhile for which the change came too late.
access_changed = Signal()
