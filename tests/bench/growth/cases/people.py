"""Show the list of people."""

from chatapp.accounts.models import Person
from tests.bench.growth.case import Run, case, get

MANAGER = "manager@example.com"


@case("The people page", 250, "people")
def listing(count: int) -> Run:
    request = get(MANAGER, "/people/")
    Person.objects.filter(email=MANAGER).update(assigned_role="admin")
    begin = Person.objects.count()
    Person.objects.bulk_create(
        Person(email=f"somebody{number}@example.com", name=f"Somebody {number}")
        for number in range(begin, begin + count)
    )
    return request
