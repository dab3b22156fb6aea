"""A community whose residents come in by letters: codes, and persons who used one.

    people = Townsfolk(server, areas=["north"])
    person = people.person()                 # signed in by a code of their own
    person.post("/v1/me/passkeys/challenge").must(201)

A Person keeps the cookie and says the session's token, as a page does it (browsing.py).
"""
from browsing import Person
from story import Commons, stamp


class Townsfolk(Commons):
    def __init__(self, server, **more):
        more.setdefault("residents", 0)
        super().__init__(server, **more)
        self.site = server.url.replace("127.0.0.1", "localhost")
        self.home = self.site + "/me"

    def letters(self, n=1, area=None, days=30):
        """What an officer gets to print: code and link of each."""
        return self.trust.post(f"/v1/communities/{self.slug}/codes", {
            "area": area or self.areas[0], "n": n,
            "expires_at": stamp(days * 86400)}).must(201).json()["codes"]

    def person(self, **more):
        person = Person(self.server)
        person.by_code(self.slug, self.letters(**more)[0]["code"]).must(200)
        return person
