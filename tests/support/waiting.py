"""What waits behind pledges, for books.py: who falls back when, and to what.

    waiting = Waiting(books)
    waiting.keep(record); waiting.forget(wallet, proposal); waiting.release(numbers, seq)
    waiting.turn(record)    # raises Unsound where somebody else was next, or a step was missed
"""


class Waiting:
    def __init__(self, books, demand):
        self.books, self.demand = books, demand
        self.steps = {}  # (wallet, proposal): (seq, steps), of the open round
        self.queue = []  # (seq of the release, seq of the pledge, wallet, proposal)

    def of(self, wallet, number):
        return self.steps.get((wallet, number), (None, []))[1]

    def keep(self, record):
        place = record["wallet"], record["proposal"]
        self.steps.pop(place, None)
        if "fallback" in record:
            steps = [step for _, step in record["fallback"]]
            self.demand([n for n, _ in record["fallback"]] == list(range(1, len(steps) + 1)) and
                        len(set(steps)) == len(steps) <= 3 and record["proposal"] not in steps,
                        "no such steps can be:", record)
            self.steps[place] = record["seq"], steps

    def forget(self, wallet, number=None):
        for place in list(self.steps):
            if place[0] == wallet and number in (None, place[1]):
                del self.steps[place]

    def release(self, numbers, seq):
        self.queue += sorted((seq, of[0], *place) for place, of in self.steps.items()
                             if place[1] in numbers)

    def clear(self):
        self.steps, self.queue = {}, []

    def takes(self, wallet, number, amount):
        books = self.books
        free, _, _ = books.weigh(wallet)
        live = sum(1 for n in wallet.pledges if books.state(n) == "live")
        return books.state(number) == "live" and books.is_open(number) \
            and number not in wallet.pledges and amount <= free \
            and (amount >= books.round["token"] or amount == free) \
            and live < 32 and len(wallet.pledges) < 64

    def turn(self, record):
        """The pledge that goes on, or is dropped, was the next; every step before was refused."""
        while self.queue and self.queue[0][2:] not in self.steps:
            self.queue.pop(0)
        self.demand(self.queue, "nobody waits:", record)
        cause, _, name, number = self.queue.pop(0)
        _, steps = self.steps.pop((name, number))
        wallet = self.books.wallets[name]
        amount = wallet.pledges[number]
        self.demand((record["cause"], record["wallet"], record["amount"]) == (cause, name, amount),
                    "another one was next:", cause, name, amount, record)
        taken = [n for n in steps if self.takes(wallet, n, amount)][:1]
        if record["kind"] == "fallback_dropped":
            self.demand(not taken and record["proposal"] == number, "it had a step:", taken, record)
            return
        self.demand(taken == [record["proposal"]], "the step was", taken, "not", record)
        behind = steps[steps.index(taken[0]) + 1:]
        self.demand([n for _, n in record.get("fallback", [])] == behind, "steps left:", behind,
                    record)
