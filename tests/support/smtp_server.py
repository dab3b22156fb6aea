"""A mail server of a test's own: real sockets, told how to behave.

    with Smtp(rcpt={"gone@example.org": [b"550 no such person"]}) as smtp:
        ... smtp.url, smtp.letters ...

`rcpt` and `data` give answers in turn, one a transaction; when they are used up it says yes;
None hangs up instead of answering.
Everything that a client said stands in smtp.heard, one list a connection.
"""
import base64
import socket
import threading


class Letter:
    def __init__(self, sender, to, raw, secure, user):
        self.sender, self.to, self.raw, self.secure, self.user = sender, to, raw, secure, user


class Smtp:
    def __init__(self, rcpt=None, data=(), greeting=b"220 test", tls=None, at_once=False,
                 doze=None):
        """tls: an SSLContext, offered by STARTTLS or, at_once, from the first byte; doze: called
        with each command before it is answered."""
        self.rcpt = {to: list(answers) for to, answers in (rcpt or {}).items()}
        self.data, self.greeting, self.tls = list(data), greeting, tls
        self.at_once, self.doze = at_once, doze
        self.letters, self.heard, self.open = [], [], []
        self.underway = self.most_at_once = 0   # letters between MAIL and the answer to their end
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"{'smtps' if at_once else 'smtp'}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for one in self.open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _listen(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            Conversation(self, peer).run()
        except (OSError, EOFError):
            pass
        finally:
            with self.lock:
                self.open.remove(peer)
            peer.close()

    def letter_began(self):
        with self.lock:
            self.underway += 1
            self.most_at_once = max(self.most_at_once, self.underway)

    def letter_ended(self):
        with self.lock:
            self.underway -= 1

    def next_of(self, answers, otherwise):
        with self.lock:
            return answers.pop(0) if answers else otherwise


class Conversation:
    def __init__(self, smtp, peer):
        self.smtp, self.peer, self.heard = smtp, peer, []
        self.secure, self.user, self.sender, self.to = False, None, None, []
        self.file = None
        smtp.heard.append(self.heard)

    def say(self, line):
        self.file.write(line + b"\r\n")
        self.file.flush()

    def line(self):
        line = self.file.readline(70000)
        if not line.endswith(b"\n"):
            raise EOFError
        assert line.endswith(b"\r\n"), line
        return line[:-2]

    def into_tls(self):
        self.peer = self.smtp.tls.wrap_socket(self.peer, server_side=True)
        self.file = self.peer.makefile("rwb")
        self.secure = True

    def run(self):
        if self.smtp.at_once:
            self.into_tls()
        self.file = self.peer.makefile("rwb")
        self.say(self.smtp.greeting)
        while True:
            line = self.line()
            self.heard.append(line.decode("ascii"))
            word = line.split(b" ")[0].split(b":")[0].upper().decode("ascii")
            if self.smtp.doze:
                self.smtp.doze(word)
            if word == "QUIT":
                self.say(b"221 bye")
                return
            getattr(self, f"on_{word.lower()}", self.on_else)(line)

    def on_ehlo(self, _):
        offers = [b"test"]
        if self.smtp.tls and not self.secure:
            offers.append(b"STARTTLS")
        else:
            offers.append(b"AUTH PLAIN")
        for offer in offers[:-1]:
            self.say(b"250-" + offer)
        self.say(b"250 " + offers[-1])

    def on_starttls(self, _):
        self.say(b"220 go on")
        self.into_tls()

    def on_auth(self, line):
        words = line.split(b" ")
        if len(words) < 3:
            self.say(b"334 ")
            words.append(self.line())
        self.user = tuple(base64.b64decode(words[2]).decode().split("\0")[1:])
        self.say(b"235 welcome" if self.user[1] == "right" else b"535 wrong")

    def on_mail(self, line):
        self.smtp.letter_began()
        self.sender, self.to = line.split(b"<")[1].split(b">")[0].decode("ascii"), []
        self.say(b"250 yes")

    def on_rcpt(self, line):
        to = line.split(b"<")[1].split(b">")[0].decode("ascii")
        answer = self.smtp.next_of(self.smtp.rcpt.get(to, []), b"250 yes")
        if answer is None:
            raise EOFError
        if answer.startswith(b"250"):
            self.to.append(to)
        self.say(answer)

    def on_data(self, _):
        self.say(b"354 go on")
        raw = []
        while (line := self.line()) != b".":
            raw.append(line[1:] if line.startswith(b".") else line)
        self.smtp.letter_ended()   # before the answer: the next may begin as soon as it is heard
        answer = self.smtp.next_of(self.smtp.data, b"250 taken")
        if answer is None or answer.startswith(b"250"):
            self.smtp.letters.append(Letter(self.sender, self.to, b"\r\n".join(raw) + b"\r\n",
                                            self.secure, self.user))
        if answer is None:
            raise EOFError
        self.say(answer)

    def on_else(self, _):
        self.say(b"502 what?")
