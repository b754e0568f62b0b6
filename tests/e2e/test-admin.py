#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What only a 責任者 does, through the window: disposal with its certificate, the review of the record, the vault's safety, a vault that was set
back; and what a clerk and an auditor are not shown. Program, vault and software TPM are real.

    tests/e2e/test-admin.py BUILD [PICTURES]     with PICTURES: a picture of each screen of it goes there, in both languages
"""
import datetime
import glob
import json
import os
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import drive  # noqa: E402
import kiosk  # noqa: E402

CLERK, AUDITOR, THEIR_PIN = "見本 事務", "見本 監査", "642913"
DUE, COMING = "見本 太郎", "例示 三郎"
HANAKO, NEW = "見本 花子", "見本 桜"
NOT_SAFE = ("This vault is not safe yet: it has neither a second machine nor a token. If this PC breaks, everything is lost, and a PIN that "
            "somebody saw opens it.")
ZIP = "The file is a zip with a passphrase, which is shown once when it is written. Delete it where it was taken in."
PLAIN = ("Whoever finds the file reads the numbers, and the record will say that it was in the clear. Hand it over at once and delete it "
         "afterwards.")
COMING_NUMBER = "246813579024"


def me(world):
    return "--admin", kiosk.ADMIN, "--pin-file", world.pin_file


def people(world):
    listed = world.ctl("--json", "people", "list", *me(world)).stdout
    return {person["name"]: person["state"] for person in map(json.loads, listed.splitlines())}


def set_up(world):
    """One who left long ago, one whose time is over next January, and one place for backups that is there and one that is not."""
    numbers = dict(kiosk.NUMBERS)
    world.set_up_vault()
    world.draw("1001", "card-back", DUE, "1980-04-01", numbers["1001"])
    world.draw("1003", "card-back", COMING, "1975-07-07", COMING_NUMBER[:11] + kiosk.check_digit(COMING_NUMBER[:11]))
    world.collect("1001", "1980-04-01")
    world.collect("1003", "1975-07-07")
    world.ctl("people", "leave", "--code", "1001", "--date", "2010-03-31", *me(world))
    world.ctl("people", "leave", "--code", "1003", "--date", f"{datetime.date.today().year - 7}-03-31", *me(world))
    world.here, world.away = os.path.join(world.dir, "backups"), os.path.join(world.dir, "stick")
    for place in (world.here, world.away):
        os.mkdir(place)
        world.ctl("backup", "places", "add", place, *me(world))
    world.ctl("backup", "now")
    os.rename(world.away, world.away + ".pulled")
    world.their_pin_file = os.path.join(world.dir, "their-pin")
    with open(world.their_pin_file, "w") as file:
        file.write(THEIR_PIN + "\n")
    for name, role in ((CLERK, "clerk"), (AUDITOR, "auditor")):
        world.ctl("admins", "add", "--name", name, "--role", role, "--new-pin-file", world.their_pin_file, *me(world))


def what_is_due(k, world, picture):
    k.log_in(1, kiosk.PIN)
    k.click("_Disposal")
    k.wait_text(DUE, exact=False)
    picture("disposal")
    assert not k.has_text(COMING), "who is not due is among those who are"
    k.click("Calendar")
    k.wait_text(f"{datetime.date.today().year + 1}-01")
    assert k.has_text(COMING)
    picture("disposal-calendar")
    k.click("May go now")
    k.wait_text(DUE, exact=False)


def the_question(k, world, picture):
    k.tick(k.t("Choose %s") % DUE)
    k.click("_Look at what would go")
    k.wait_text(k.texts.ngettext("Dispose of %u number?", "Dispose of %u numbers?", 1) % 1)
    words = k.everything()
    assert DUE in words and world.here in words and world.away in words
    picture("disposal-question")
    assert not k.can_click("_Dispose of them"), "nobody has decided yet"
    k.click("_Back")
    k.wait("_Look at what would go")
    assert people(world)[DUE] == "collected", "it went without a decision"


def the_decision(k, world, picture):
    k.tick(k.t("Choose %s") % DUE)
    k.click("_Look at what would go")
    k.tick(k.t("As the responsible person I decide that these numbers are disposed of"))
    k.click("_Dispose of them")
    k.wait("_Back to the list", seconds=120)
    k.wait_text(".pdf", exact=False)
    picture("disposal-done")
    assert people(world)[DUE] == "disposed" and people(world)[COMING] == "collected"
    papers = glob.glob(os.path.join(world.exports, "*.pdf"))
    assert len(papers) == 1, f"{len(papers)} papers"
    beside = papers[0][:-4]
    with open(papers[0], "rb") as file:
        assert file.read(5) == b"%PDF-"
    checked = world.ctl("--json", "verify-certificate", beside + ".azc", "--key", beside + ".pem")
    assert json.loads(checked.stdout)["numbers"] == 1
    with open(beside + ".azc", encoding="utf-8") as file:
        text = file.read()
    assert kiosk.NUMBERS["1001"] not in text and DUE not in text and world.away in text


def certificates(k, world, picture):
    k.click("_Back to the list")
    k.wait("Nothing here. A number may go when its person has left and the time for keeping it is over.")
    picture("disposal-empty")
    k.click("_Certificates")
    k.wait("signed by the TPM")
    picture("certificates")
    k.click("_Log out")
    k.wait("_Employee")


def a_masked_workbook(k, world, picture):
    """The format is chosen from the list; the file is called what it is."""
    listed = map(json.loads, world.ctl("--json", "format", "list", *me(world)).stdout.splitlines())
    title = next(format["title-ja" if k.lang == "ja" else "title"] for format in listed if format["id"] == "keyed-xlsx")
    k.choose_named("_Format", title)
    k.tab_to("_Masked trial")
    k.press("space")
    k.pause()
    picture("export-workbook")
    k.click("_Write the file")
    kiosk.wait_for("the workbook", lambda: glob.glob(os.path.join(world.exports, "keyed-xlsx-*-masked.xlsx")))
    files = glob.glob(os.path.join(world.exports, "*.xlsx"))
    with zipfile.ZipFile(files[0]) as file:
        sheet = file.read("xl/worksheets/sheet1.xml")
    assert b"************" in sheet and COMING.encode() in sheet and COMING_NUMBER[:11].encode() not in sheet
    os.unlink(files[0])
    k.wait("_Write the file")
    k.tab_to("_Masked trial")
    k.press("space")


def an_export(k, world, picture):
    """A zip whose passphrase is shown once; in the clear only after a warning."""
    for record in map(json.loads, world.ctl("--json", "review", "list", *me(world)).stdout.splitlines()):
        if record["state"] == "collected":
            world.ctl("review", "approve", record["id"], *me(world))
    k.log_in(1, kiosk.PIN)
    k.click("_Export")
    k.type("_Handed to", "給与計算" if k.lang == "ja" else "payroll")
    picture("export")
    k.click("_Write the file")
    k.wait("The file is written")
    picture("export-passphrase")
    files = glob.glob(os.path.join(world.exports, "*.zip"))
    assert len(files) == 1 and kiosk.unzip(files[0], "") is None
    content = kiosk.unzip(files[0], k.passphrase())
    assert COMING.encode() in content and kiosk.NUMBERS["1001"].encode() not in content
    k.click("I have _noted it")
    k.wait("_Write the file")
    picture("export-done")
    a_masked_workbook(k, world, picture)
    k.tab_to("In the _clear")
    k.press("space")
    k.wait(PLAIN)
    picture("export-plain")
    k.click("_Log out")
    k.wait("_Employee")
    k.log_in(1, kiosk.PIN)
    k.click("_Export")
    k.wait(ZIP)
    listed = json.loads(world.ctl("--json", "export", "list", *me(world)).stdout)
    assert listed["container"] == "zip" and listed["deleted"] == ""
    os.unlink(files[0])
    k.click("_Files handed over")
    name = max(k.t("%s was taken in and deleted").split("%s"), key=len)
    button = k.wait_text(name, kiosk.BUTTON_ROLES, exact=False).get_name()
    picture("handed-over")
    k.click_text(button)
    k.wait("Is this file deleted?")
    picture("handed-over-question")
    assert not k.can_click("_Record this"), "nobody has said it yet"
    k.tick(k.t("It was taken in, and is deleted everywhere it was"))
    k.click("_Record this")
    k.wait("Recorded.")
    picture("handed-over-deleted")
    listed = json.loads(world.ctl("--json", "export", "list", *me(world)).stdout)
    assert listed["imported"] and listed["deleted"], "the receipt is not on the record"
    k.click("_Back")
    k.wait("_Write the file")
    k.click("_Log out")
    k.wait("_Employee")


def the_record_is_reviewed(k, world, picture):
    k.log_in(1, kiosk.PIN)
    k.wait(NOT_SAFE, exact=False)  # until there is a second machine or a token
    picture("people")
    k.click("Save _list of who has not handed in")
    k.wait_text(k.t("The list was saved: %s") % "", exact=False)
    picture("people-saved")
    lists = [name for name in os.listdir(world.exports) if name.startswith("outstanding-")]
    assert len(lists) == 1, lists
    subprocess.run(["qpdf", "--check", os.path.join(world.exports, lists[0])], check=True, stdout=subprocess.DEVNULL)
    k.click("Re_cord")
    k.wait("I _have seen them")
    k.wait_text(k.t("Admins added or removed, PINs changed"), exact=False)
    k.wait_text(k.t("Number disposed of"), exact=False)
    picture("record")
    k.click("I _have seen them")
    k.wait("Noted in the record: reviewed.")
    k.wait_text(k.t("Record reviewed"), exact=False)
    report = json.loads(world.ctl("--json", "log", "review", *me(world)).stdout)
    assert not any(flag["flag"] == "admins" for flag in report["flags"]), "what was seen is still to be reviewed"
    kiosk.wait_for("the end of the review", lambda: not k.has("I _have seen them"))
    picture("record-reviewed")
    k.click("_People")
    k.wait("Destroyed", exact=False)
    k.wait_text("3")  # who has not handed in a number: not the one whose number was disposed of


def roster(world, rows):
    path = os.path.join(world.dir, "next.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("社員番号,氏名,生年月日,部署\n" + rows)
    return path


def a_roster_is_looked_at(k, world, picture):
    """What would change is shown, and nothing does before somebody says so."""
    k.click("_Import a roster")
    k.choose_file("Roster to import", roster(world, f"1002,{HANAKO},1991-13-24,人事部\n1004,{NEW},2000-02-03,人事部\n"))
    k.wait("There are mistakes in the file")
    k.wait_text("生年月日", exact=False)
    picture("import-mistakes")
    k.click("_Back")
    k.click("_Import a roster")
    k.choose_file("Roster to import", roster(world, f"1002,{HANAKO},1991-12-24,人事部\n1004,{NEW},2000-02-03,人事部\n"))
    k.wait("What this roster would change")
    k.wait_text("営業部 → 人事部", exact=False)
    k.wait_text(NEW, exact=False)
    picture("import-preview")
    k.click("_Back")
    k.wait("_Import a roster")
    assert NEW not in people(world)


def a_roster_comes_in(k, world, picture):
    k.click("_Import a roster")
    k.choose_file("Roster to import", os.path.join(world.dir, "next.csv"))
    k.click("_Import it")
    k.wait("The roster was imported")
    picture("import-done")
    k.click("_Back")
    k.wait_text(NEW, exact=False)
    assert people(world)[NEW] == "none"


def one_department(k, world, picture):
    """人事部 is the second of the list, after all of them."""
    k.tab_to("Department")
    k.press("space")
    names = sorted({p["belongs"] for p in map(json.loads, world.ctl("--json", "people", "list", *me(world)).stdout.splitlines())} - {""})
    for key in ["Home"] + ["Down"] * (1 + names.index("人事部")) + ["Return"]:
        k.pause()
        k.press(key)
    kiosk.wait_for("one department", lambda: not k.has_text(COMING))
    assert k.has_text(NEW) and k.has_text(HANAKO)
    picture("people-department")
    k.tab_to("Department")
    for key in ("space", "Home", "Return"):
        k.pause()
        k.press(key)
    k.wait_text(COMING, exact=False)


def a_roster_is_taken_back(k, world, picture):
    """Until something is done with one of its people."""
    id_of = {p["code"]: p["id"] for p in map(json.loads, world.ctl("--json", "people", "list", *me(world)).stdout.splitlines())}
    world.ctl("people", "edit", "--person", id_of["1004"], "--kana", "ミホン サクラ", *me(world))
    k.click("Take the last import _back")
    k.wait("The last import cannot be taken back")
    k.wait_text(NEW, exact=False)
    picture("undo-refused")
    k.click("_Back")
    world.ctl("people", "edit", "--person", id_of["1004"], "--kana", "", *me(world))
    k.click("Take the last import _back")
    k.wait("Take the last import back?")
    picture("undo")
    assert NEW in people(world)
    k.click("_Take it back")
    k.wait("The import was taken back")
    picture("undone")
    assert NEW not in people(world)
    k.click("_Back")
    kiosk.wait_for("the end of the way back", lambda: not k.has("Take the last import _back") and not k.has_text(NEW))
    picture("people-as-before")


def safety(k, world, picture):
    k.click("_Safety")
    k.wait("There is no second machine")
    k.wait_text(k.t("Backups go to %s") % world.away)
    picture("safety")
    k.click("Back up now")
    k.wait("The place for backups cannot be found or written to. Please plug the disk or stick in, or check its folder.", exact=False,
           seconds=60)
    picture("safety-place-gone")
    os.rename(world.away + ".pulled", world.away)
    k.click("Back up now")
    k.wait("The backup was made, read back and checked.", exact=False, seconds=60)
    kiosk.wait_for("the end of what was told", lambda: not k.has("The place for backups cannot be found", exact=False))
    k.click("Try a backup")
    k.wait("The newest backup opens on this machine and fits this vault.", seconds=60)
    picture("safety-tried")
    assert os.path.exists(world.away)
    k.click("_Log out")
    k.wait("_Employee")


def a_clerk_is_not_offered_it(k, world, picture):
    k.log_in(2, THEIR_PIN)
    assert k.has("_Review") and k.has("_Export")
    assert not k.has("_Disposal") and not k.has("Re_cord")
    picture("clerk")
    k.click("_Export")
    k.wait(ZIP)
    assert not k.has("In the _clear"), "a clerk is offered a plain file"
    k.click("_Log out")
    k.wait("_Employee")


def an_auditor_sees_the_record(k, world, picture):
    k.log_in(3, THEIR_PIN)
    k.wait("Record of handling")
    k.wait_text(k.t("Vault set up"), exact=False)
    picture("auditor")
    for msgid in ("_Disposal", "_Review", "_Export", "_People"):
        assert not k.has(msgid), f"{msgid} is not for an auditor"
    words = k.everything()
    assert DUE not in words and COMING not in words
    assert k.t("Refused: not allowed for this person's role or part") not in words, "the window tried what an auditor may not do"
    k.click("_Log out")
    k.wait("_Employee")


def set_back(world):
    """The database as it was a while ago: somebody put an old copy back."""
    kiosk.kill(world, "azukari-vaultd")
    database = os.path.join(world.vault, "vault.db")
    old = {path: open(path, "rb").read() for path in glob.glob(database + "*")}
    world.ctl("people", "leave", "--code", "1002", "--date", "2020-03-31", *me(world))
    kiosk.kill(world, "azukari-vaultd")
    for path in glob.glob(database + "*"):
        os.unlink(path)
    for path, content in old.items():
        with open(path, "wb") as file:
            file.write(content)


def closed_at_the_kiosk(k, world, picture):
    set_back(world)
    k.wait("_Responsible person", seconds=120)
    k.wait("This kiosk cannot serve at the moment")
    picture("sealed")
    assert not k.has("_Employee")


def what_was_found(k, world, picture):
    k.log_in(1, kiosk.PIN, "_Responsible person")
    k.wait("The vault is closed", seconds=60)
    k.wait("Wrong", seconds=60)
    picture("sealed-found")
    words = k.everything()
    assert "azukarictl accept --yes" in words and "azukarictl backup restore" in words
    for msgid in ("_People", "_Review", "_Export", "_Disposal"):
        assert not k.has(msgid), f"{msgid} is offered while the vault is closed"


def the_record_goes_out(k, world, picture):
    k.click("Hand out")
    k.wait_text(".azr", exact=False, seconds=60)
    picture("sealed-handed-out")
    files = glob.glob(os.path.join(world.exports, "*.azr"))
    assert len(files) == 1 and os.path.getsize(files[0]) > 1000
    with open(files[0], "rb") as file:
        content = file.read()
    assert not any(number.encode() in content for number in kiosk.NUMBERS.values())


def open_again(k, world, picture):
    world.ctl("accept", "--yes", *me(world))
    k.click("_Log out")
    k.wait("_Employee", seconds=60)


TESTS = [what_is_due, the_question, the_decision, certificates, an_export, a_clerk_is_not_offered_it, an_auditor_sees_the_record,
         the_record_is_reviewed, a_roster_is_looked_at, a_roster_comes_in, one_department, a_roster_is_taken_back, safety, closed_at_the_kiosk, what_was_found, the_record_goes_out, open_again]


if __name__ == "__main__":
    drive.main("admin", TESTS, set_up)
