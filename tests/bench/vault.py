#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the vault costs with ten thousand people and a hundred thousand entries in its record, beside what one would use without it.

The daemon runs as in the kiosk, over its socket, on a software TPM, with its folder on a disk. Exit codes: 0 measured, whether or
not all is met; 2 the benchmark itself could not run. The people are made up; the report holds no number.
"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import plot  # noqa: E402
import session  # noqa: E402
import vault_peers  # noqa: E402
from drawn import ROOT, BenchError, scratch_root  # noqa: E402
from judging import made_up_number, percentile  # noqa: E402
from session import say  # noqa: E402
from tables import commit, head, load, machine, milliseconds, table  # noqa: E402

VAULTD = "data/azukari-vaultd"
PEER = "tests/bench/sqlcipher-peer"
REPORT = ROOT / "docs/benchmarks/vault.md"
OBJECT, INTERFACE = "/jp/azukari/Vault1", "jp.azukari.Vault1"
PIN = b"mihon-4829"
CLERK, CLERK_PIN, CLERK_DEPARTMENT = "見本 事務", b"kanri-6491", "見本07課"
DEPARTMENTS = 20
CALL_LIMIT_MS = 600_000
ROOM = 1024**3
FIRST_PAGE = 200


def parse(argv):
    parser = argparse.ArgumentParser(prog="tools/bench vault", description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000, metavar="N", help="on the roster (default 10000)")
    parser.add_argument("--entries", type=int, default=100_000, metavar="N", help="in the record (default 100000)")
    parser.add_argument("--saved", type=int, default=300, metavar="N", help="numbers taken into custody (default 300)")
    parser.add_argument("--quick", action="store_true", help="few of each: shows that all is in place; no report file")
    session.add_build_option(parser)
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="report, the plot beside it (default docs/benchmarks/vault.md)")
    options = parser.parse_args(argv)
    options.given = argv
    if options.quick:
        options.people, options.entries, options.saved = 30, 100, 10
    elif options.out is None:
        options.out = REPORT
    if options.people < options.saved or options.saved < 1:
        parser.error("--saved is at least 1 and at most --people")
    return options


class Daemon:
    """azukari-vaultd on one vault, and a client of it."""

    def __init__(self, build, folder):
        self.program, self.vault, self.socket = build / VAULTD, folder / "vault", folder / "vaultd.sock"
        self.process = self.connection = None

    def start(self):
        """Milliseconds from exec to ready."""
        reading, writing = os.pipe()
        began = time.monotonic()
        self.process = subprocess.Popen([self.program, "--vault", self.vault, "--socket", self.socket, "--ready-fd", str(writing)],
                                        pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as ready:
            line = ready.readline()
        took = (time.monotonic() - began) * 1000
        if line != "ready\n":
            raise BenchError(f"the vault's daemon did not start: {line.strip()}")
        self.connection = Gio.DBusConnection.new_for_address_sync(
            f"unix:path={self.socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        return took

    def stop(self):
        if self.connection:
            self.connection.close_sync(None)
            self.connection = None
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def call(self, method, signature=None, *arguments):
        values = GLib.Variant(signature, arguments) if signature else None
        answer = self.connection.call_sync(None, OBJECT, INTERFACE, method, values, None, Gio.DBusCallFlags.NONE, CALL_LIMIT_MS, None)
        return answer.unpack()

    def timed(self, times, method, signature=None, *arguments):
        """Milliseconds of each of @times calls, without unpacking what they answer."""
        values = GLib.Variant(signature, arguments) if signature else None
        took = []
        for _ in range(times):
            began = time.monotonic()
            self.connection.call_sync(None, OBJECT, INTERFACE, method, values, None, Gio.DBusCallFlags.NONE, CALL_LIMIT_MS, None)
            took.append((time.monotonic() - began) * 1000)
        return took

    def login(self, name="", pin=PIN):
        self.call("Login", "(say)", name, pin)

    def peak_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        raise BenchError("the daemon's memory cannot be read")


def roster(count):
    rows = ["社員番号,氏名,フリガナ,生年月日,部署"]
    rows += [f"{i:05d},見本 {i:05d}番,ミホン,1980-01-{1 + i % 28:02d},見本{i % DEPARTMENTS:02d}課" for i in range(count)]
    return ("\n".join(rows) + "\n").encode()


def fill(daemon, options):
    """A vault with people, and ids of theirs."""
    daemon.vault.mkdir(mode=0o700)
    daemon.start()
    daemon.call("Init", "(a{sv}ay)", {"provider": GLib.Variant("s", "swtpm"), "company": GLib.Variant("s", "見本商事"),
                                      "admin": GLib.Variant("s", "見本 管理")}, PIN)
    daemon.login()
    report = daemon.call("PeopleImport", "(aya{sv})", roster(options.people), {})[0]
    if report["errors"] or report["added"] != options.people:
        raise BenchError("the roster was not taken")
    return [person["id"] for person in daemon.call("PeopleList", "(a{sv})", {})[0]]


def save(daemon, people):
    collection = {"document": GLib.Variant("s", "my-number-card-back"), "identity": GLib.Variant("s", "employment-known"),
                  "purposes": GLib.Variant("as", ["tax"]), "text-version": GLib.Variant("s", "2026-1"),
                  "language": GLib.Variant("s", "ja"), "confidence": GLib.Variant("d", 0.99)}
    took = []
    for i, person in enumerate(people):
        took += daemon.timed(1, "Collect", "(sa{sv}ay)", person, collection, made_up_number(i))
    return took


def lengthen(daemon, people, entries):
    """The record to that many entries: somebody was asked for a number, again and again."""
    length = daemon.call("GetStatus")[0]["record-entries"]
    for i in range(length, entries):
        daemon.call("Note", "(sss)", people[i % len(people)], "asked", "")
        if i % 20_000 == 0:
            say(f"{i} of {entries} entries")


def make_vault(options, build, folder):
    """A vault with people and a long record in @folder, and the people's ids. Made in memory: a disk would sync every entry."""
    with tempfile.TemporaryDirectory(prefix="azukari-bench-", dir=scratch_root(ROOM)) as name:
        daemon = Daemon(build, pathlib.Path(name))
        try:
            people = fill(daemon, options)
            say(f"{len(people)} people")
            lengthen(daemon, people, options.entries - options.saved)
        finally:
            daemon.stop()
        shutil.copytree(daemon.vault, folder / "vault")
    return people


def back_up(daemon, place):
    """Milliseconds of each of three backups to a folder beside the vault, read back and checked."""
    place.mkdir()
    daemon.call("BackupPlaceAdd", "(sa{sv})", str(place), {})
    took = daemon.timed(3, "BackupNow", "(a{sv})", {})
    if not daemon.call("BackupDrill")[0] or len(list(place.glob("*.azb"))) != 2:
        raise BenchError("the backups are not what they should be")
    return took


def measure_limited(daemon, options, found):
    """The same lists for a clerk who is limited to one department, whose people are every twentieth."""
    daemon.call("AdminAdd", "(a{sv}ay)", {"name": GLib.Variant("s", CLERK), "role": GLib.Variant("s", "clerk"),
                                          "departments": GLib.Variant("as", [CLERK_DEPARTMENT])}, CLERK_PIN)
    daemon.call("Logout")
    daemon.login(CLERK, CLERK_PIN)
    mine = range(7, options.people, DEPARTMENTS)
    page, search = {"limit": GLib.Variant("u", FIRST_PAGE)}, {"search": GLib.Variant("s", f"{mine[-1]:05d}")}
    records = {"state": GLib.Variant("s", "collected"), "limit": GLib.Variant("u", FIRST_PAGE)}
    seen = (len(daemon.call("PeopleList", "(a{sv})", page)[0]), len(daemon.call("PeopleList", "(a{sv})", search)[0]),
            len(daemon.call("RecordList", "(a{sv})", records)[0]))
    if seen != (min(len(mine), FIRST_PAGE), 1, min(len(range(7, options.saved, DEPARTMENTS)), FIRST_PAGE)):
        raise BenchError("a clerk of one department sees other people than theirs")
    found["limited_page"] = daemon.timed(10, "PeopleList", "(a{sv})", page)
    found["limited_search"] = daemon.timed(5, "PeopleList", "(a{sv})", search)
    found["limited_records"] = daemon.timed(5, "RecordList", "(a{sv})", records)
    daemon.call("Logout")
    daemon.login("見本 管理")


def measure_vault(options, build, folder):
    people, found, daemon = make_vault(options, build, folder), {}, Daemon(build, folder)
    try:
        daemon.start()
        daemon.login()
        found["save"] = save(daemon, people[:options.saved])
        found["login"] = []
        for _ in range(10):
            daemon.call("Logout")
            found["login"] += daemon.timed(1, "Login", "(say)", "", PIN)
        say("lists")
        found["page"] = daemon.timed(10, "PeopleList", "(a{sv})", {"limit": GLib.Variant("u", FIRST_PAGE)})
        found["people"] = daemon.timed(5, "PeopleList", "(a{sv})", {})
        found["search"] = daemon.timed(5, "PeopleList", "(a{sv})", {"search": GLib.Variant("s", f"{options.people - 1:05d}")})
        found["records"] = daemon.timed(5, "RecordList", "(a{sv})",
                                      {"state": GLib.Variant("s", "collected"), "limit": GLib.Variant("u", FIRST_PAGE)})
        found["log"] = daemon.timed(5, "LogList", "(a{sv})", {"limit": GLib.Variant("u", 100)})
        found["review"] = daemon.timed(3, "LogReview")
        found["verify"] = daemon.timed(3, "Verify")
        say("a clerk of one department")
        measure_limited(daemon, options, found)
        say("backups")
        found["backup"] = back_up(daemon, folder / "place")
        found["peak_mib"] = daemon.peak_mib()
        found["entries"] = daemon.call("GetStatus")[0]["record-entries"]
        say("starts")
        found["start"] = []
        for _ in range(10):
            daemon.stop()
            found["start"].append(daemon.start())
    finally:
        daemon.stop()
    return found


def measure_sqlite(folder, rows):
    database = sqlite3.connect(folder / "plain.db", isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY, person TEXT, number TEXT)")
    saved, opened = [], []
    for _ in range(rows):
        began = time.monotonic()
        database.execute("INSERT INTO numbers (person, number) VALUES ('0001', ?)", (made_up_number(0).decode(),))
        saved.append((time.monotonic() - began) * 1000)
    database.close()
    for _ in range(5):
        began = time.monotonic()
        database = sqlite3.connect(folder / "plain.db")
        database.execute("SELECT count (*) FROM sqlite_master").fetchall()
        opened.append((time.monotonic() - began) * 1000)
        database.close()
    return {"open": opened, "save": saved}


def measure(options, build, children):
    with tempfile.TemporaryDirectory(prefix="azukari-bench-") as name:
        folder = pathlib.Path(name)
        found = measure_vault(options, build, folder)
        found["sqlite"] = measure_sqlite(folder, options.saved)
        code, out, errors = children.run([build / PEER, folder / "peer.db", options.saved])
        if code != 0:
            raise BenchError(errors.strip() or f"sqlcipher-peer ended with {code}")
        peer = json.loads(out)
        found["sqlcipher"] = {"open": peer["open_ms"], "save": peer["save_ms"]}
        say("LUKS, KeePassXC")
        found["luks"] = vault_peers.measure_luks(folder)
        found["keepassxc"] = vault_peers.measure_keepassxc(folder)
    return found


def pair(times):
    return percentile(times, 0.5), percentile(times, 0.95)


def words(times):
    return f"{milliseconds(pair(times)[0])} (p95 {milliseconds(pair(times)[1])}) ms"


def bounds(found, options):
    """(what, bound in ms, times)"""
    return [("Start to ready", 150, found["start"]), ("Admin log-in", 250, found["login"]), ("One number saved", 12, found["save"]),
            (f"The first {FIRST_PAGE} of {options.people} people, as the window asks for them", 50, found["page"]),
            ("A search among them", 100, found["search"]), ("Numbers to be reviewed, listed", 50, found["records"]),
            ("A clerk of one department: the first page of people", 50, found["limited_page"]),
            ("The same clerk: a search", 100, found["limited_search"]),
            ("The same clerk: numbers to be reviewed, listed", 50, found["limited_records"]),
            ("The newest 100 entries of the record", 50, found["log"]), ("Verify, all of it", 2000, found["verify"]),
            ("A backup, read back and checked", 5000, found["backup"])]


def report(options, found, seconds, load_before):
    rows = [[what, f"at most {bound} ms", words(times), "yes" if pair(times)[0] <= bound else "no"]
            for what, bound, times in bounds(found, options)]
    rows.append(["Most memory of the daemon (VmHWM)", "at most 150 MB", f"{found['peak_mib']:.0f} MiB",
                 "yes" if found["peak_mib"] * 1.048576 <= 150 else "no"])
    save_ms = pair(found["save"])[0]
    peers = [["azukari-vaultd, over its socket", words(found["save"]), "1.0", words(found["start"])]]
    for name, key in (("SQLite, no encryption", "sqlite"), ("SQLCipher, passphrase, default key derivation", "sqlcipher")):
        times = found[key]
        peers.append([name, words(times["save"]), f"{pair(times['save'])[0] / save_ms:.2f}", words(times["open"])])
    keepassxc, luks = found["keepassxc"], found["luks"]
    peers.append(["KeePassXC, by keepassxc-cli: one more entry; opened and one read", *(
        [words(keepassxc["save"]), f"{pair(keepassxc['save'])[0] / save_ms:.0f}", words(keepassxc["open"])] if keepassxc
        else ["not installed", "", ""])])
    peers.append([f"LUKS container, passphrase ({luks['how']})" if luks else "LUKS container, passphrase",
                  "as SQLite on the file system in it" if luks else "not installed", "", words(luks["open"]) if luks else ""])
    return "\n\n".join([
        "# What the vault costs", head([
            f"Command: `{' '.join(['tools/bench', 'vault', *options.given])}`", f"Commit: {commit()}",
            f"Vault: {options.people} people, {found['entries']} entries in the record, {options.saved} numbers; software TPM",
            f"Machine: {machine()}; load {load_before} before, {load()} after", f"Took: {seconds / 60:.1f} minutes"]),
        table(["Asked", "Bound", "Measured: median", "Met"], rows),
        f"What there is to review in all of the record is found in {words(found['review'])}, all people are listed in {words(found['people'])}.",
        "![times](vault.svg)", "## Beside what one would use without it",
        "In the same run, on the same disk; each row synced. None of the others seals what it holds to this machine, asks a PIN that a chip "
        "counts, keeps a record, or runs apart from what reads pictures.",
        table(["", "One number saved", "as a multiple", "Opened"], peers)]) + "\n"


def draw(options, found):
    canvas = plot.Canvas()
    rows = [(what, (pair(times), None)) for what, _, times in bounds(found, options)]
    rows += [(f"{name}: one row saved", (None, pair(found[key]["save"])))
             for name, key in (("SQLite", "sqlite"), ("SQLCipher, passphrase", "sqlcipher"))]
    rows += [(f"{name}: opened", (None, pair(found[key]["open"])))
             for name, key in (("SQLite", "sqlite"), ("SQLCipher, passphrase", "sqlcipher"))]
    rows += [("KeePassXC: one entry saved", (None, pair(found["keepassxc"]["save"]))),
             ("KeePassXC: opened", (None, pair(found["keepassxc"]["open"])))] if found["keepassxc"] else []
    rows += [("LUKS: opened", (None, pair(found["luks"]["open"])))] if found["luks"] else []
    plot.marks(canvas, "Milliseconds: median, line to the p95", rows, ["Azukari", "without it"])
    return canvas.finish("What the vault costs")


def main(argv):
    options = parse(argv)
    ran = session.run(options, [VAULTD, PEER], lambda build, children: measure(options, build, children))
    if ran is None:
        return 2
    found, seconds, load_before = ran
    session.publish(report(options, found, seconds, load_before), options.out)
    if options.out:
        options.out.with_suffix(".svg").write_text(draw(options, found), "utf-8")
    return 0


if __name__ == "__main__":
    session.exit_with(main)
