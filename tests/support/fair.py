"""A community in which many pledge on few proposals: what the race and the kill tests drive.

    fair = Fair(server, residents=24, seed=7)
    load = fair.load(clients=64)
    with fair.organiser(): load.run(10)
    fair.audit(load)

A tender is always open: as soon as one is decided, another opens, so that activations go on during
the whole load. audit() holds the log, the API and the wishes against one another.
"""
import contextlib
import threading
import time

from books import Books, demand
from load import Load, LoadWallet, judge_wishes
from server import Client
from story import Commons, stamp

ALLOTMENT, TOKEN = 3000, 10
PRICE, PEOPLE_MIN = 700, 19
WAVE_SECONDS, WITHDRAWN, WITHDRAWN_AT_THE_END = 1.5, 0.5, 0.25
TENDERS_MAX, TENDERS_AT_ONCE, PROPOSALS = 20, 3, 3  # a wallet keeps at most 64 pledges in a round


class Fair(Commons):
    """endless: the first tender asks for more people than there are, so that one is always open."""

    def __init__(self, server, residents=24, seed=0, endless=False):
        super().__init__(server, areas=("north", "south"), residents=residents)
        self.seed, self.endless = seed, endless
        self.fund(residents * ALLOTMENT)
        self.open_round(ALLOTMENT, token=TOKEN)
        tokens = self.tokens("resident", self.ids)
        self.wallets = [LoadWallet(token, i) for i, token in enumerate(tokens)]
        self.tenders, self.live, self.all_proposals = [], [], []
        for _ in range(TENDERS_AT_ONCE):
            self.open_another()

    def open_another(self):
        endless = self.endless and not self.tenders
        people_min = len(self.wallets) + 1 if endless else PEOPLE_MIN
        tender = self.tender(ceiling=PRICE, people_min=people_min, areas_min=2, area_people_min=5,
                             awards_max=1 + len(self.tenders) % 2, closes=stamp(3600))
        proposals = [self.proposal(tender, price=PRICE - 7 * i) for i in range(PROPOSALS)]
        self.open_tender(tender)
        self.tenders.append((tender, proposals))
        self.all_proposals += proposals
        self.live = self.live + [tender]

    # ---- what residents want -------------------------------------------------------------------
    def choose(self, random):
        wallet = random.choice(self.wallets)
        if random.random() < 0.02:
            proposal = random.choice(self.all_proposals)  # long decided, perhaps
        else:
            tender = random.choice(self.live)
            proposal = random.choice(next(p for t, p in self.tenders if t == tender))
        # People make up their minds in waves: towards the end of each fewer withdraw.
        late = time.monotonic() % WAVE_SECONDS > 0.7 * WAVE_SECONDS
        if random.random() < (WITHDRAWN_AT_THE_END if late else WITHDRAWN):
            return wallet, proposal, 0
        most = ALLOTMENT if random.random() < 0.15 else 4 * PRICE // PEOPLE_MIN
        return wallet, proposal, random.randint(1, most)

    def load(self, clients=64, **more):
        return Load(self.server.address, self.choose, clients=clients, seed=self.seed, **more)

    # ---- beside the load -----------------------------------------------------------------------
    def refresh(self, anyone):
        """Tenders that are over make room; totals are looked at while everything moves."""
        totals = anyone.get(f"/v1/communities/{self.slug}/totals")
        if totals.status == 200:
            money = totals.json()
            parts = ("unallotted", "free", "held", "committed", "paid")
            demand(money["funds"] == sum(money[name] for name in parts), "not conserved:", money)
        for tender in list(self.live):
            seen = anyone.get(f"/v1/tenders/{tender}")
            if seen.status != 200 or seen.json()["state"] == "open":
                continue
            if len(self.tenders) < TENDERS_MAX:
                self.open_another()
            if len(self.live) > 1:  # whoever chooses meanwhile always finds one
                self.live = [t for t in self.live if t != tender]

    @contextlib.contextmanager
    def organiser(self):
        """Keeps tenders open until the block ends; what went wrong there is raised there."""
        wrong, over = [], threading.Event()

        def work():
            anyone = Client(self.server)
            anyone.check = False
            try:
                while not over.wait(0.05):
                    self.refresh(anyone)
            except Exception as error:  # told to the test's own thread
                wrong.append(error)
            finally:
                anyone.close()
        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()
        if wrong:
            raise wrong[0]

    # ---- afterwards ----------------------------------------------------------------------------
    def audit(self, load):
        """Every check there is; returns the books."""
        records = self.log()
        books = Books(records)
        books.compare_totals(self.totals())
        judge_wishes(load.wishes, records, demand)
        books.compare_wallets(self.wallets_shown())
        for proposal in self.all_proposals:
            view = self.anyone.get(f"/v1/proposals/{proposal}").must(200).json()
            books.compare_proposal(int(proposal.rsplit(".p", 1)[1]), view)
        self.audit_commissions(books)
        return books

    def wallets_shown(self):
        """The wallet of everybody, as they see it."""
        return [self.wallet_view(wallet) for wallet in self.wallets]

    def wallet_view(self, wallet):
        client = self.server.client(wallet.token)
        try:
            return client.get(f"/v1/communities/{self.slug}/wallet").must(200).json()
        finally:
            client.close()

    def audit_commissions(self, books):
        shown, path = [], f"/v1/communities/{self.slug}/commissions"
        while path:
            page = self.anyone.get(path).must(200).json()
            shown += [int(c["proposal"].rsplit(".p", 1)[1]) for c in page["items"]]
            path = page["links"].get("next")
        demand(sorted(shown) == sorted(books.activations), "commissions:", shown,
               "activated in the log:", dict(books.activations))
        for tender in books.tenders.values():
            demand(tender["awards"] <= tender["awards_max"], "too many awards:", tender)
