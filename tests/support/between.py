"""Somebody between the server and its Redis, who changes what passes: faults that no Redis makes.

    with RedisServer(appendfsync="always") as redis, Between(redis.path) as between:
        Server(args=["--redis", f"unix:{between.path}"])
        between.to_redis = lambda piece: piece.replace(...)

`to_redis` and `to_server` get the bytes as they were read and give back those that are passed on.
Replies and questions are small and come whole on a unix socket; what is split is passed unchanged.
"""
import os
import selectors
import shutil
import socket
import tempfile
import threading


def unchanged(piece):
    return piece


class Between:
    def __init__(self, target):
        self.target = target
        self.to_redis = self.to_server = unchanged
        self.folder = tempfile.mkdtemp(prefix="gsb", dir="/tmp")
        self.path = os.path.join(self.folder, "s")
        self.selector = selectors.DefaultSelector()
        self.door = socket.socket(socket.AF_UNIX)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def __enter__(self):
        self.door.bind(self.path)
        self.door.listen(64)
        self.selector.register(self.door, selectors.EVENT_READ, None)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self):
        server, _ = self.door.accept()
        redis = socket.socket(socket.AF_UNIX)
        try:
            redis.connect(self.target)
        except OSError:
            server.close()
            return
        self.selector.register(server, selectors.EVENT_READ, (redis, "to_redis"))
        self.selector.register(redis, selectors.EVENT_READ, (server, "to_server"))

    def close(self, *pair):
        for one in pair:
            try:
                self.selector.unregister(one)
            except (KeyError, ValueError):
                pass
            one.close()

    def work(self):
        while not self.over.is_set():
            for key, _ in self.selector.select(0.05):
                if key.data is None:
                    self.open()
                elif key.fileobj.fileno() >= 0:
                    self.carry(key.fileobj, *key.data)

    def carry(self, source, target, way):
        try:
            piece = source.recv(1 << 20)
            if piece:
                target.sendall(getattr(self, way)(piece))
                return
        except OSError:
            pass
        self.close(source, target)
