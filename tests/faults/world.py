# SPDX-License-Identifier: Apache-2.0
"""A vault to be ill-treated: azukari-vaultd over its socket, on a real software TPM that outlives it, with calls that fail on demand."""
import contextlib
import errno
import mmap
import os
import pathlib
import signal
import shutil
import struct
import subprocess
import tempfile
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

OBJECT, INTERFACE, PREFIX = "/jp/azukari/Vault1", "jp.azukari.Vault1", "jp.azukari.Error."
PIN = b"mihon-4829"
NUMBER = b"123456789018"  # made up; its check digit fits
OTHER_NUMBER = b"923456789014"
COMPANY, CHIEF = "見本商事", "見本 管理"
CALL_LIMIT_MS = 120_000
# What is tried again when disk or TPM are back is not tried at every call: the vault waits a little between two looks.
PATIENCE_S = 40
# What may lie in a vault's folder between two operations.
AT_REST = {"keyset.bin", "vault.db", "vault.db-journal", "lock", "vaultd.sock", "swtpm"}
ERRORS = {"ENOSPC": errno.ENOSPC, "EROFS": errno.EROFS, "EIO": errno.EIO}


class Broken(Exception):
    """The vault did what it must never do."""


class Refused(Exception):
    """The vault said no, by one of the names of vault.xml."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


class Gone(Exception):
    """The daemon ended, or its connection did, before it answered."""


def demand(holds, what):
    if not holds:
        raise Broken(what)


class Chip:
    """The TPM: a real swtpm behind chip.c."""

    def __init__(self, build, folder):
        self.program, self.state, self.socket = build / "tests/faults/chip", folder / "chip", folder / "chip.sock"
        self.process = None

    def start(self):
        self.state.mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()
        self.process = subprocess.Popen([self.program, self.state, self.socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.tell("count")

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None

    def tell(self, line):
        """(commands since the last plan, how many of them were tampered with)"""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            raise RuntimeError("the software TPM has ended")
        return int(answer[0]), int(answer[1])

    def plan(self, at, what):
        self.tell(f"plan {at} {what}")


class Fault:
    """The preload library's mapped orders; control.h has the layout."""

    LAYOUT = struct.Struct("=7I")
    OPEN, WRITE, SYNC, TRUNCATE, RENAME, UNLINK, MKDIR, REOPEN = (1 << i for i in range(8))
    ALL = 255
    # what takes room
    ROOM = OPEN | WRITE | SYNC | RENAME | MKDIR
    # what a file system refuses that is read-only
    CHANGE = ALL & ~SYNC
    ERROR, SHORT, TORN, KILL, KILL_AFTER = range(5)

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(self.LAYOUT.size))
        self.file = path.open("r+b")
        self.map = mmap.mmap(self.file.fileno(), self.LAYOUT.size)

    def arm(self, at, action, error="EIO", lasting=False, calls=ALL):
        self.map[:] = self.LAYOUT.pack(at, lasting, action, ERRORS[error], calls, 0, 0)

    def disarm(self):
        """(calls since it was armed, how many failed)"""
        counted, hits = self.LAYOUT.unpack(self.map[:])[5:]
        self.map[:] = self.LAYOUT.pack(0, 0, 0, 0, self.ALL, 0, 0)
        return counted, hits

    def close(self):
        self.map.close()
        self.file.close()


class Daemon:
    """azukari-vaultd and one client of it."""

    def __init__(self, world):
        self.world, self.process, self.connection = world, None, None

    def start(self):
        """What it said of itself: "ready" or "error NAME MESSAGE"; "" when it ended without a word."""
        reading, writing = os.pipe()
        self.process = subprocess.Popen([self.world.build / "data/azukari-vaultd", "--vault", self.world.vault, "--ready-fd", str(writing)],
                                        pass_fds=[writing], stderr=subprocess.DEVNULL, env=self.world.environment())
        os.close(writing)
        with os.fdopen(reading) as ready:
            line = ready.readline().strip()
        if line == "ready":
            self.connection = Gio.DBusConnection.new_for_address_sync(
                f"unix:path={self.world.vault / 'vaultd.sock'}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        else:
            self.wait()
        return line

    def wait(self, limit_s=30):
        """Its exit code; negative: killed by that signal."""
        self.drop()
        code = self.process.wait(limit_s)
        self.process = None
        return code

    def drop(self):
        if self.connection:
            with contextlib.suppress(GLib.Error):
                self.connection.close_sync(None)
            self.connection = None

    def stop(self):
        if self.process is None:
            return 0
        self.process.terminate()
        return self.wait()

    def kill(self):
        if self.process:
            self.process.send_signal(signal.SIGKILL)

    def call(self, method, signature=None, *arguments, file=None, limit_ms=CALL_LIMIT_MS):
        values = GLib.Variant(signature, arguments) if signature else None
        try:
            if file is None:
                answer = self.connection.call_sync(None, OBJECT, INTERFACE, method, values, None, Gio.DBusCallFlags.NONE, limit_ms, None)
            else:
                files = Gio.UnixFDList.new()
                files.append(file)
                answer, _ = self.connection.call_with_unix_fd_list_sync(None, OBJECT, INTERFACE, method, values, None,
                                                                        Gio.DBusCallFlags.NONE, limit_ms, files, None)
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error) or ""
            if name.startswith(PREFIX):
                raise Refused(name[len(PREFIX):], error.message) from None
            if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT):
                raise Broken(f"{method} was not answered in {limit_ms} ms") from None
            raise Gone(error.message) from None
        return answer.unpack()


class World:
    """A folder with a vault, its chip, and what became of its operations. In memory when there is room."""

    def __init__(self, build, slow_pin=False, poll_ms=None):
        shared = pathlib.Path("/dev/shm")
        self.build, self.slow_pin, self.poll_ms = pathlib.Path(build).resolve(), slow_pin, poll_ms
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="azukari-faults-", dir=shared if os.access(shared, os.W_OK) else None))
        self.vault, self.exports = self.folder / "world/vault", self.folder / "world/exports"
        self.places = self.folder / "world/places"
        self.exports.mkdir(parents=True)
        programs = self.folder / "programs"
        programs.mkdir()
        (programs / "swtpm").symlink_to(self.build / "tests/faults/chip")
        self.path = f"{programs}:{os.environ['PATH']}"
        self.chip, self.fault, self.daemon = Chip(self.build, self.folder), Fault(self.folder / "control"), Daemon(self)
        self.chip.start()

    def environment(self):
        environment = dict(os.environ, PATH=self.path, AZUKARI_CHIP=str(self.chip.socket), LD_PRELOAD=str(self.build / "tests/faults/libfault.so"),
                           FAULT_PROGRAM="azukari-vaultd", FAULT_CONTROL=str(self.fault.path), FAULT_FOLDER=str(self.folder / "world") + "/",
                           G_DEBUG="", LC_ALL="C.UTF-8", ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
        if not self.slow_pin:
            environment["FAULT_FAST_PIN"] = "1"
        if self.poll_ms is not None:
            environment["FAULT_POLL_MS"] = str(self.poll_ms)
        return environment

    def close(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.daemon.stop()
        self.daemon.kill()
        self.chip.stop()
        self.fault.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def forget(self):
        """As before there was a vault: no files, a new chip."""
        self.daemon.stop()
        self.chip.stop()
        for folder in (self.vault, self.chip.state):
            shutil.rmtree(folder, ignore_errors=True)
        for file in self.exports.iterdir():
            file.unlink()
        self.chip.start()

    def keep(self, name):
        """A copy of vault and chip under @name; the daemon must be stopped."""
        self.chip.stop()
        for folder in (self.vault, self.chip.state):
            shutil.copytree(folder, self.folder / name / folder.name)
        self.chip.start()

    def put_back(self, name):
        self.daemon.stop()
        self.chip.stop()
        for folder in (self.vault, self.chip.state):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(self.folder / name / folder.name, folder)
        self.chip.start()

    def open(self):
        """Starts the daemon, which must find the vault as it was."""
        line = self.daemon.start()
        demand(line == "ready", f"the daemon did not start: {line!r}")
        status = self.status()
        demand(status["state"] == "open", f"the vault is {status['state']}: {status['reason']}")

    def wait_if_closed(self, names):
        """A vault that closed itself in the middle of a new epoch opens again by itself, once every log-in has ended."""
        until = time.monotonic() + PATIENCE_S
        status = self.status()
        while status["state"] == "sealed":
            demand(status["reason"] in names, f"the vault closed itself for {status['reason']}")
            demand(time.monotonic() < until, f"the vault stays closed: {status['reason']}")
            time.sleep(0.2)
            status = self.status()

    def settle(self):
        """What the daemon does after its answer is done, and what it does after that."""
        for _ in range(2):
            self.status()
            time.sleep(0.01)
        self.status()

    def status(self):
        return self.daemon.call("GetStatus")[0]

    def init(self, pin=PIN):
        self.daemon.call("Init", "(a{sv}ay)", {"provider": GLib.Variant("s", "swtpm"), "company": GLib.Variant("s", COMPANY),
                                               "admin": GLib.Variant("s", CHIEF)}, pin)

    def login(self, pin=PIN, name=CHIEF):
        self.daemon.call("Login", "(say)", name, pin)

    def import_people(self, first, count):
        rows = ["社員番号,氏名,フリガナ,生年月日"] + [f"{i:05d},見本 {i:05d}番,ミホン,1980-01-{1 + i % 28:02d}" for i in range(first, first + count)]
        report = self.daemon.call("PeopleImport", "(aya{sv})", ("\n".join(rows) + "\n").encode(), {})[0]
        demand(not report["errors"], "the roster was not taken")
        return report

    def make(self, people=30):
        """A new vault with people; the daemon runs and the chief is logged in."""
        self.forget()
        demand(self.daemon.start() == "ready", "the daemon did not start")
        self.init()
        self.login()
        self.import_people(0, people)

    def verify(self):
        """Every check of the vault's own, and nothing left lying about."""
        ok, findings = self.daemon.call("Verify")
        demand(ok, "verify: " + "; ".join(f"{f['check']}: {f['detail']}" for f in findings if not f["ok"]))
        self.look_at_files()

    def look_at_files(self):
        found = {entry.name for entry in self.vault.iterdir()}
        demand(found <= AT_REST, f"left in the folder: {sorted(found - AT_REST)}")
        journal = self.vault / "vault.db-journal"
        demand(not journal.exists() or journal.stat().st_size == 0, "a journal was left")
