"""A mail server in a thread that speaks as much of IMAP4rev1 (RFC 3501) as is asked of it."""

import base64
import re
import socketserver
from email.message import EmailMessage

from tests.sources.servers import under_tls


def mail(number, *files, sender="export@supplier.test", **headers):
    """A mail with attachments: (name, content) each."""
    message = EmailMessage()
    message["From"] = f"Exports <{sender}>"
    message["To"] = "office@clinic.test"
    message["Subject"] = "Today's list"
    if number:
        message["Message-ID"] = f"<{number}@supplier.test>"
    for name, value in headers.items():
        message[name] = value
    message.set_content("Hello")
    for name, content in files:
        message.add_attachment(content.encode(), maintype="text", subtype="csv", filename=name)
    return bytes(message)


class Post(socketserver.ThreadingTCPServer):
    """One mailbox with folders of (number, mail); remembers every command."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate, *, plain=True):
        self.folders, self.validity = {"INBOX": []}, 7
        self.user, self.password, self.plain = "office", 'pa"ss wörd', plain
        self.said, self.announced, self.cut_after = [], None, None
        self.tls = under_tls(certificate)
        post = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                post.serve(self)

        super().__init__(("127.0.0.1", 0), Handler)

    def get_request(self):
        sock, address = super().get_request()
        return self.tls.wrap_socket(sock, server_side=True), address

    def handle_error(self, *_args):
        pass

    @property
    def port(self):
        return self.server_address[1]

    def deliver(self, content, folder="INBOX"):
        held = self.folders.setdefault(folder, [])
        held.append((max((uid for uid, _m in held), default=0) + 1, content))

    def serve(self, handler):
        self.handler, self.open = handler, []
        self.write("* OK ready")
        while line := handler.rfile.readline():
            tag, _space, command = line.decode().strip().partition(" ")
            self.said.append(command)
            word = command.split(" ", 1)[0].lower()
            answer = getattr(self, f"do_{word}", None)
            done = answer(command) if answer else "BAD unknown"
            self.write(f"{tag} {done}")
            if word == "logout":
                return

    def write(self, line):
        self.handler.wfile.write(line.encode() + b"\r\n")

    def do_capability(self, _command):
        self.write(f"* CAPABILITY IMAP4rev1{' AUTH=PLAIN' if self.plain else ''}")
        return "OK done"

    def do_authenticate(self, _command):
        self.write("+ ")
        said = base64.b64decode(self.handler.rfile.readline().strip()).decode().split("\0")
        return "OK in" if said == ["", self.user, self.password] else "NO authentication failed"

    def do_login(self, command):
        return "OK in" if command == f'LOGIN "{self.user}" "{self.password}"' else "NO failed"

    def do_examine(self, command):
        name = re.search(r'"(.*)"', command)[1]
        if name not in self.folders:
            return "NO no such mailbox"
        self.open = self.folders[name]
        self.write(f"* {len(self.open)} EXISTS")
        self.write(f"* OK [UIDVALIDITY {self.validity}] UIDs valid")
        return "OK [READ-ONLY] done"

    def do_logout(self, _command):
        self.write("* BYE")
        return "OK bye"

    def do_uid(self, command):
        word, asked = command.split(" ", 2)[1:]
        return getattr(self, f"uid_{word.lower()}")(asked)

    def uid_search(self, asked):
        numbers = [uid for uid, _mail in self.open]
        if asked.startswith("UID "):
            first = int(asked[4:].split(":")[0])
            numbers = [n for n in numbers if n >= first] or numbers[-1:]
        self.write("* SEARCH " + " ".join(map(str, numbers)))
        return "OK done"

    def uid_fetch(self, asked):
        uid, what = asked.split(" ", 1)
        found = [(at, m) for at, (n, m) in enumerate(self.open, 1) if n == int(uid)]
        for at, content in found:
            body = content.split(b"\n\n", 1)[0] + b"\n\n" if "HEADER" in what else content
            name = "BODY[]" if "BODY.PEEK[]" in what else "BODY[HEADER.FIELDS (FROM)]"
            size = self.announced or len(body)
            self.write("* 1 FETCH (FLAGS (\\Recent))")  # servers speak of other mails in between
            self.write(f"* {at} FETCH (UID {uid} RFC822.SIZE {len(content)} {name} {{{size}}}")
            if self.cut_after is not None and "BODY.PEEK[]" in what:
                self.handler.wfile.write(body[: self.cut_after])
                raise ConnectionAbortedError
            self.handler.wfile.write(body + b")\r\n")
        return "OK done"
