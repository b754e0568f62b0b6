# SPDX-License-Identifier: Apache-2.0
"""The operations that are cut off or made to fail, each with what must hold afterwards.

A kind keeps a model of the vault: what was acknowledged. prepare () makes ready for one operation, operate () is that operation,
check () looks whether the vault holds what the model says, where the last operation may have happened or not unless it was
acknowledged, and takes over which it was."""
import hashlib
import os
import pathlib
import shutil
import sys

from gi.repository import GLib

import world
from world import Refused, demand

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
from judging import made_up_number  # noqa: E402

PURPOSE = "tax"


def entries(w, since):
    """The record after entry @since."""
    return w.daemon.call("LogList", "(a{sv})", {"from": GLib.Variant("t", since + 1)})[0]


class Kind:
    name = "?"
    what = "?"
    writes = True  # to the disk
    disk_names = ()  # how the vault may call a disk that fails, beside its usual names
    pin = world.PIN  # the chief's
    # The vault is made anew after so many rounds, so that looking at all of it stays cheap.
    rounds_per_vault = 60

    def __init__(self, w):
        self.w = w
        self.seen = 0  # entries of the record that were looked at
        self.dirty = False

    def begin(self):
        """With a new vault, logged in."""
        self.people = [p["id"] for p in self.w.daemon.call("PeopleList", "(a{sv})", {})[0]]
        self.live = {}  # person: (record, state)
        self.n_records = 0
        self.disposed = set()  # people
        self.turn = 0
        self.seen = len(entries(self.w, 0))

    def login(self):
        self.w.login(self.pin)

    def prepare(self):
        pass

    def operate(self):
        raise NotImplementedError

    def check(self, answer):
        """@answer: what operate () returned, or None when it did not return. TRUE when it has happened."""
        raise NotImplementedError

    # What several kinds do.

    def next_person(self):
        self.turn += 1
        return self.people[self.turn % len(self.people)]

    def collect(self, person):
        collection = {"document": GLib.Variant("s", "my-number-card-back"), "identity": GLib.Variant("s", "employment-known"),
                      "purposes": GLib.Variant("as", [PURPOSE]), "text-version": GLib.Variant("s", "2026-1"),
                      "language": GLib.Variant("s", "ja"), "confidence": GLib.Variant("d", 0.99)}
        return self.w.daemon.call("Collect", "(sa{sv}ay)", person, collection, made_up_number(self.people.index(person)))[0]

    def keep_number(self):
        """A number in custody, acknowledged."""
        person = self.next_person()
        record = self.collect(person)
        self.live[person] = (record, "collected")
        self.n_records += 1
        return record

    def new_entries(self):
        found = entries(self.w, self.seen)
        demand([e["seq"] for e in found] == list(range(self.seen + 1, self.seen + 1 + len(found))), "entries are missing from the record")
        self.seen += len(found)
        return found

    def look_at_numbers(self):
        """{person: (record, state)} of those in custody; people and records must tell the same."""
        records = self.w.daemon.call("RecordList", "(a{sv})", {})[0]
        live = {}
        for record in records:
            if record["state"] in ("collected", "approved"):
                demand(record["person"] not in live, "somebody has two numbers in custody")
                live[record["person"]] = (record["id"], record["state"])
        for person in self.w.daemon.call("PeopleList", "(a{sv})", {})[0]:
            record, state = live.get(person["id"], ("", "disposed" if person["id"] in self.disposed else "none"))
            demand((person["record"], person["state"]) == (record, state), "a person's state is not that of their number")
        return live, len(records)

    def check_numbers(self):
        live, n_records = self.look_at_numbers()
        demand(live == self.live and n_records == self.n_records, "the numbers in custody are not those that were acknowledged")


class Login(Kind):
    name, what = "login", "the chief logs in"

    def operate(self):
        self.w.login()
        return True

    def check(self, answer):
        told = [e for e in self.new_entries() if e["action"] == "login"]
        demand(answer is None or told, "the record does not tell of a log-in")
        return answer is not None


class Collect(Kind):
    name, what = "collect", "a number is taken into custody"

    def prepare(self):
        self.person = self.next_person()

    def operate(self):
        return self.collect(self.person)

    def check(self, answer):
        live, n_records = self.look_at_numbers()
        told = [e["subject"] for e in self.new_entries() if e["action"] == "number-collected"]
        found = live.get(self.person)
        happened = found is not None and found != self.live.get(self.person)
        if answer is not None:
            demand(found == (answer, "collected"), "an acknowledged number is not there")
        demand(told == ([found[0]] if happened else []), "the record does not tell of the number, or of one that is not there")
        if happened:
            self.live[self.person] = found
            self.n_records += 1
        demand(live == self.live and n_records == self.n_records, "the numbers in custody are not those that were acknowledged")
        return happened


class Approve(Kind):
    name, what = "approve", "a number is approved"

    def prepare(self):
        self.record = self.keep_number()
        self.person = self.people[self.turn % len(self.people)]

    def operate(self):
        self.w.daemon.call("Approve", "(ss)", self.record, "photo-document")
        return True

    def check(self, answer):
        live, _ = self.look_at_numbers()
        told = [e["subject"] for e in self.new_entries() if e["action"] == "number-approved"]
        happened = live.get(self.person) == (self.record, "approved")
        demand(happened or answer is None, "an acknowledged approval is not there")
        demand(told == ([self.record] if happened else []), "the record does not tell of the approval, or of one that is not there")
        if happened:
            self.live[self.person] = (self.record, "approved")
        self.check_numbers()
        return happened


class Export(Kind):
    name, what = "export", "approved numbers go to a file"

    def begin(self):
        super().begin()
        for _ in range(5):
            record = self.keep_number()
            self.w.daemon.call("Approve", "(ss)", record, "")
            self.live[self.people[self.turn % len(self.people)]] = (record, "approved")
        self.n_files = 0
        self.new_entries()

    def prepare(self):
        self.n_files += 1
        self.file = self.w.exports / f"{self.n_files}.csv"

    def operate(self):
        options = {"format": GLib.Variant("s", "keyed-csv"), "purpose": GLib.Variant("s", PURPOSE),
                   "destination": GLib.Variant("s", "給与"), "kind": GLib.Variant("s", "all")}
        fd = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            return self.w.daemon.call("Export", "(a{sv}h)", options, 0, file=fd)[0]
        finally:
            os.close(fd)

    def check(self, answer):
        new = self.new_entries()
        told = [e for e in new if e["action"] == "exported"]
        content = self.file.read_bytes() if self.file.exists() else b""
        digest = hashlib.sha256(content).hexdigest()
        if answer is not None:
            demand(digest == answer["sha256"] and len(content) == answer["bytes"], "an acknowledged export is not in its file")
            demand([e["subject"] for e in told] == [answer["export-id"]], "the record does not tell of the export")
        demand(not content or told, "a file was written of which the record does not tell")
        failed = [e for e in new if e["action"] == "export-failed"]
        demand(not failed or not content, "a file stands that the record calls failed")
        self.file.unlink(missing_ok=True)
        self.check_numbers()
        # an entry whose file the disk took may stand: the record rather tells too much
        return answer is not None or bool(content)


class Admins(Kind):
    """What the three kinds of an admin change share."""

    rounds_per_vault = 25

    def begin(self):
        super().begin()
        self.admins = {world.CHIEF: world.PIN}  # name: PIN
        self.n = 0
        self.keep_number()
        self.new_entries()

    def next_name(self):
        self.n += 1
        return f"見本 事務{self.n}", f"mihon-{5000 + 7 * self.n}-b".encode()

    def add(self, name, pin):
        return self.w.daemon.call("AdminAdd", "(a{sv}ay)", {"name": GLib.Variant("s", name), "role": GLib.Variant("s", "clerk")}, pin)[0]

    def listed(self):
        return {a["name"]: a["id"] for a in self.w.daemon.call("AdminList")[0]}

    def may_log_in(self, name, pin):
        """Leaves the chief logged in."""
        try:
            self.w.login(pin, name)
        except Refused as refusal:
            demand(refusal.name in ("WrongPin", "NoSuchAdmin", "NotAllowed"), f"log-in: {refusal}")
            return False
        self.login()
        return True


class AdminAdd(Admins):
    name, what = "admin-add", "an admin is added"

    def prepare(self):
        self.new = self.next_name()

    def operate(self):
        return self.add(*self.new)

    def check(self, answer):
        listed, (name, pin) = self.listed(), self.new
        told = [e["subject"] for e in self.new_entries() if e["action"] == "admin-added"]
        happened = name in listed
        demand(answer is None or listed.get(name) == answer, "an acknowledged admin is not there")
        demand(told == ([listed[name]] if happened else []), "the record does not tell of the admin, or of one who is not there")
        demand(self.may_log_in(name, pin) == happened, "an admin who is there cannot log in, or one who is not can")
        demand(set(listed) == set(self.admins) | ({name} if happened else set()), "the admins are not those who were acknowledged")
        if happened:  # keyset and list have room for so many
            self.w.daemon.call("AdminRemove", "(s)", listed[name])
        self.check_numbers()
        self.new_entries()
        return happened


class AdminRemove(Admins):
    name, what = "admin-remove", "an admin is removed, by a new epoch"

    def begin(self):
        super().begin()
        self.standing = None

    def prepare(self):
        if self.standing is None:
            name, pin = self.next_name()
            self.standing = (name, pin, self.add(name, pin))
            self.new_entries()

    def operate(self):
        self.w.daemon.call("AdminRemove", "(s)", self.standing[2])
        return True

    def check(self, answer):
        name, pin, admin_id = self.standing
        listed = self.listed()
        told = [e["subject"] for e in self.new_entries() if e["action"] == "admin-removed"]
        happened = name not in listed
        demand(happened or answer is None, "an admin whose removal was acknowledged is still there")
        demand(told == ([admin_id] if happened else []), "the record does not tell of the removal, or of one that was not")
        demand(self.may_log_in(name, pin) != happened, "an admin who was removed can log in, or one who was not cannot")
        demand(set(listed) == {world.CHIEF} | (set() if happened else {name}), "the admins are not those who were acknowledged")
        if happened:
            self.standing = None
        self.check_numbers()
        self.new_entries()
        return happened


class PinChange(Admins):
    name, what = "pin-change", "the chief's PIN is changed, by a new epoch"

    def begin(self):
        super().begin()
        self.pin = world.PIN

    def prepare(self):
        self.new_pin = self.next_name()[1]

    def operate(self):
        self.w.daemon.call("PinChange", "(ayay)", self.pin, self.new_pin)
        return True

    def login(self):
        """With whichever PIN holds; exactly one does."""
        try:
            self.w.login(self.pin)
            self.worked = self.pin
        except Refused as refusal:
            if refusal.name != "WrongPin":
                raise
            self.w.login(self.new_pin)
            self.worked = self.new_pin

    def check(self, answer):
        self.login()
        happened = self.worked == self.new_pin
        other = self.pin if happened else self.new_pin
        demand(happened or answer is None, "an acknowledged change of the PIN did not happen")
        try:
            self.w.login(other)
        except Refused as refusal:
            demand(refusal.name == "WrongPin", f"log-in: {refusal}")
        else:
            demand(False, "the old PIN and the new one both open the vault")
        self.pin = self.worked
        self.login()
        told = [e for e in self.new_entries() if e["action"] == "pin-changed"]
        demand(len(told) == happened, "the record does not tell of the new PIN, or of one that is not")
        self.check_numbers()
        return happened


class Import(Kind):
    name, what = "import", "a roster is imported"

    def begin(self):
        super().begin()
        self.n_people = len(self.people)

    def people_now(self):
        return len(self.w.daemon.call("PeopleList", "(a{sv})", {})[0])

    def operate(self):
        return self.w.import_people(self.n_people, 3)

    def check(self, answer):
        n = self.people_now()
        told = [e for e in self.new_entries() if e["action"] == "people-imported"]
        happened = n == self.n_people + 3
        demand(happened or n == self.n_people, "a roster was taken by half")
        demand(happened or answer is None, "an acknowledged roster is not there")
        demand(len(told) == happened, "the record does not tell of the roster, or of one that is not there")
        self.n_people = n
        return happened


class LogExport(Kind):
    name, what = "log-export", "the record is handed out"

    def prepare(self):
        self.file = self.w.exports / "record"

    def operate(self):
        fd = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            return self.w.daemon.call("LogExport", "(h)", 0, file=fd)[0]
        finally:
            os.close(fd)

    def check(self, answer):
        new = self.new_entries()
        told = [e for e in new if e["action"] == "record-exported"]
        content = self.file.read_bytes() if self.file.exists() else b""
        if answer is not None:
            demand(hashlib.sha256(content).hexdigest() == answer["sha256"], "the acknowledged record is not in its file")
        demand(not content or told, "the record was written to a file and does not say so")
        self.file.unlink(missing_ok=True)
        return answer is not None


class Verify(Kind):
    """A TPM or a disk that fails is no tampering: the vault stays open."""

    name, what = "verify", "everything is checked"
    writes = False

    def operate(self):
        _, findings = self.w.daemon.call("Verify")
        for finding in findings:
            if not finding["ok"]:
                name = finding["detail"].partition(":")[0]
                raise Refused(finding["check"] if " " in name else name, finding["check"])
        return True

    def check(self, answer):
        demand(not [e for e in self.new_entries() if e["action"] == "tampering-found"], "a failure was taken for tampering")
        self.check_numbers()
        return answer is not None


class Dispose(Kind):
    name, what = "dispose", "a number is disposed of, by a new epoch"
    rounds_per_vault = 25

    def certificates(self):
        return len(self.w.daemon.call("CertificateList")[0])

    def begin(self):
        super().begin()
        self.n_certificates = self.certificates()

    def prepare(self):
        self.record = self.keep_number()
        self.person = self.people[self.turn % len(self.people)]
        self.disposed.discard(self.person)
        self.new_entries()

    def operate(self):
        return self.w.daemon.call("Dispose", "(a{sv})", {"people": GLib.Variant("as", [self.person]), "reason": GLib.Variant("s", "not-needed")})[0]

    def check(self, answer):
        records = {r["id"]: r["state"] for r in self.w.daemon.call("RecordList", "(a{sv})", {})[0]}
        told = [e["subject"] for e in self.new_entries() if e["action"] == "number-disposed"]
        happened = records.get(self.record) == "disposed"
        demand(happened or answer is None, "a number whose disposal was acknowledged is still there")
        demand(told == ([self.record] if happened else []), "the record does not tell of the disposal, or of one that was not")
        self.n_certificates += happened
        demand(self.certificates() == self.n_certificates, "there is no certificate of the disposal, or one of none")
        if happened:
            self.disposed.add(self.person)
            del self.live[self.person]
        else:
            self.w.daemon.call("AskAgain", "(ss)", self.record, "other")
            del self.live[self.person]
        self.turn += 1
        self.check_numbers()
        self.new_entries()
        return happened


class Places(Kind):
    """What the two kinds with backups share."""

    rounds_per_vault = 20

    def begin(self):
        super().begin()
        shutil.rmtree(self.w.places, ignore_errors=True)
        self.w.places.mkdir()
        self.place = self.w.daemon.call("BackupPlaceAdd", "(sa{sv})", str(self.w.places), {})[0]
        for _ in range(3):
            self.keep_number()
        self.back_up()
        self.new_entries()

    def back_up(self):
        made = self.w.daemon.call("BackupNow", "(a{sv})", {})[0]
        for backup in made:
            if not backup["ok"]:
                raise Refused(backup["reason"], "backup")
        return made

    def drill(self):
        """Every backup that is there opens and holds what it should; nothing lies beside them."""
        ok, findings = self.w.daemon.call("BackupDrill")
        demand(ok, "drill: " + "; ".join(f"{f['check']}: {f['detail']}" for f in findings if not f["ok"]))
        left = [entry.name for entry in self.w.places.rglob("*.part")]
        demand(not left, f"left at the place: {left}")


class Backup(Places):
    name, what = "backup", "a backup is made"
    disk_names = ("PlaceGone",)  # cannot be found or written to

    def prepare(self):
        self.keep_number()
        self.new_entries()

    def operate(self):
        return self.back_up()

    def check(self, answer):
        told = [e for e in self.new_entries() if e["action"] == "backup-made"]
        demand(answer is None or len(told) == len(answer), "the record does not tell of an acknowledged backup")
        self.check_numbers()
        self.back_up()
        self.drill()
        self.new_entries()
        return bool(told)


class Restore(Places):
    name, what = "restore", "a person is restored from a backup"

    def begin(self):
        super().begin()
        self.backup = self.w.daemon.call("BackupList")[0][0]
        self.kept = sorted(self.live.items())

    def prepare(self):
        self.person, (self.record, _) = self.kept[0]
        self.w.daemon.call("AskAgain", "(ss)", self.record, "other")
        del self.live[self.person]
        self.new_entries()

    def operate(self):
        options = {"place": GLib.Variant("s", self.place), "generation": GLib.Variant("s", self.backup["generation"]),
                   "person": GLib.Variant("s", self.person)}
        return self.w.daemon.call("BackupRestore", "(a{sv}ah)", options, [])[0]

    def check(self, answer):
        live, _ = self.look_at_numbers()
        told = [e for e in self.new_entries() if e["action"] == "restored"]
        happened = self.person in live
        demand(happened or answer is None, "a number that was restored is not there")
        demand(len(told) == happened, "the record does not tell of the restore, or of one that was not")
        demand(not happened or live[self.person][0] == self.record, "another number came back")
        if not happened:
            self.operate()
            live, _ = self.look_at_numbers()
            demand(self.person in live, "the retry did nothing")
        self.live[self.person] = live[self.person]
        self.check_numbers()
        self.new_entries()
        return happened


KINDS = {kind.name: kind for kind in (Login, Collect, Approve, Export, AdminAdd, AdminRemove, PinChange, Import, LogExport, Verify, Dispose, Backup,
                                     Restore)}
# those that are killed a thousand times
KILLED = ["collect", "approve", "export", "admin-add", "admin-remove", "pin-change", "dispose", "backup", "restore"]
