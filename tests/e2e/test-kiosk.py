#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole product through its accessible controls: a real vault on a software TPM, the real reader, drawn cards.

    tests/e2e/test-kiosk.py BUILD        prints TAP
"""
import glob
import json
import os
import re
import stat
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kiosk  # noqa: E402
import memory  # noqa: E402

NOT_FOUND = "We could not find you with this code and birth date. Please check both, or ask for help."

STOPPED = "The program that keeps the numbers has stopped, and what you had begun with it."


def state_of(world, name):
    listed = world.ctl("--json", "people", "list", "--admin", kiosk.ADMIN, "--pin-file", world.pin_file).stdout
    for line in listed.splitlines():
        person = json.loads(line)
        if person["name"] == name:
            return person["state"]
    return None


def assert_forgotten(k, *codes, names=()):
    """The kiosk's memory holds none of these people's numbers, nor those names, nor a PIN."""
    if memory.readable(k.process.pid):
        for code in codes:
            memory.assert_none(k.process.pid, "a number", memory.forms(kiosk.NUMBERS[code]))
        memory.assert_none(k.process.pid, "a PIN", [kiosk.PIN.encode()])
        for name in names:
            memory.assert_none(k.process.pid, "a name", [name.encode()])


def identify(k, code, digits):
    k.click("_Employee")
    k.type("Employee _code", code)
    k.type("_Birth date (eight digits)", digits)
    k.click("_Next")


def at_start(k):
    k.wait("Your My Number, kept safe")


def keyboard(k, world):
    """From the start to the question whether it is the right number, by Tab, Enter and Escape alone."""
    k.tab_to("_Help")
    k.press("Return")
    k.wait("_Close")
    k.press("Escape")
    kiosk.wait_for("the end of the help", lambda: not k.has("_Close"))
    k.tab_to("_Employee")
    k.press("Return")
    k.wait("Who are you?")
    k.tab_to("Employee _code")
    for key in "1001":
        k.press(key)
    k.tab_to("_Birth date (eight digits)")
    for key in "19800401":
        k.press(key)
    k.press("Return")
    k.wait("What your number is used for")
    k.tab_to("I _agree")
    k.press("Return")
    k.wait("Put your card on the scanner")
    k.tab_to("_Scan")
    k.press("Return")
    k.wait("Is this your number?", seconds=60)
    k.tab_to("_Yes, this is my number")
    k.press("Escape")
    at_start(k)
    assert state_of(world, "見本 太郎") == "none"


def reader_dies(k, world):
    """Before and during a scan: told so, nothing kept, and the next scan works."""
    crashed = "Reading was stopped by an error. Nothing was kept. Please scan again."
    identify(k, "1001", "19800401")
    k.click("I _agree")
    k.wait("Put your card on the scanner")
    kiosk.kill(world, "azukari-reader")
    k.click("_Scan")
    k.wait(crashed, seconds=60)
    k.click("_Try again")
    k.click("_Scan")
    k.wait("Reading your card")
    kiosk.kill(world, "azukari-reader")
    k.wait(crashed, seconds=60)
    k.click("_Try again")
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)


def scan_ends_early(k, world):
    """The card lies in the upper half and its number is certain: the rest of the page is not scanned."""
    share = k.share_scanned()
    assert share is not None, "the scan went on to its last row"
    assert 20 <= share <= 80, f"{share} % of the page cannot be"


def vault_dies(k, world):
    """While a number is on the screen: told so, nothing stored by half, and the kiosk serves again by itself."""
    kiosk.kill(world, "azukari-vaultd")
    k.wait(STOPPED)
    words = k.everything()
    assert "見本 太郎" not in words and kiosk.NUMBERS["1001"][:4] not in words, "something personal is left on the screen"
    at_start(k)
    assert state_of(world, "見本 太郎") == "none"


def vault_dies_in_admin_mode(k, world):
    k.click("_Administration")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    kiosk.kill(world, "azukari-vaultd")
    k.wait(STOPPED)
    assert "見本 太郎" not in k.everything(), "the roster is left on the screen"
    k.click("_Try again")
    at_start(k)
    assert state_of(world, "見本 太郎") == "approved"
    identify(k, "1003", "19750707")
    k.wait("What your number is used for")
    k.click("Ca_ncel")
    at_start(k)


def wrong_birth_date(k, world):
    identify(k, "1001", "19990101")
    k.wait(NOT_FOUND)
    k.click("Ca_ncel")
    at_start(k)


def cancel_wipes(k, world):
    identify(k, "1001", "19800401")
    k.click("I _agree")
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)
    assert kiosk.NUMBERS["1001"][:4] in k.everything(), "the digits are not shown"
    # the control: what is on the screen is in memory, and found there
    assert not memory.readable(k.process.pid) or memory.count(k.process.pid, memory.forms(kiosk.NUMBERS["1001"])) > 0
    k.click("Ca_ncel")
    at_start(k)
    assert_forgotten(k, "1001", names=["見本 太郎"])
    words = k.everything()
    assert "見本 太郎" not in words and kiosk.NUMBERS["1001"][:4] not in words, "something personal is left on the screen"
    k.click("_Employee")
    k.wait("Who are you?")
    assert k.text_of("Employee _code") == "", "the code is left in its field"
    k.click("_Back")
    at_start(k)
    assert state_of(world, "見本 太郎") == "none"


def employee(k, world):
    identify(k, "1001", "19800401")
    k.wait("What your number is used for")
    k.click("I _agree")
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)
    k.click("_Yes, this is my number")
    k.wait("Stored safely. Anyone else?")
    assert_forgotten(k, "1001")
    assert state_of(world, "見本 太郎") == "collected"


def dependant(k, world):
    k.click_text(k.t("Scan the card of %s") % "見本 次郎")
    k.wait("Put your card on the scanner")
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)
    k.click("_Yes, this is my number")
    k.wait("Stored safely. Anyone else?")
    assert state_of(world, "見本 次郎") == "collected"
    k.click("_Finish")
    k.wait("Thank you. Your number is in custody.")
    at_start(k)  # by itself, after some seconds
    assert_forgotten(k, "1001", "1001-1", names=["見本 太郎", "見本 次郎"])


def refused_document(k, world):
    identify(k, "1002", "19911224")
    k.click("I _agree")
    k.click("_Scan")
    k.wait_text(k.t("Not accepted: %s") % k.t("driving licence"), seconds=60)
    k.click("_Try again")
    world.draw("1002", "card-front", "見本 花子", "1991-12-24")
    k.click("_Scan")
    k.wait("The number is on the other side", seconds=60)
    k.wait("This is the side without the number. Please turn the card over and scan again.")
    for kind, name in (("insurance-card", "health insurance card or eligibility certificate"), ("resident-record", "resident record"),
                       ("application-form", "application form for the My Number card")):
        k.click("_Try again")
        world.draw("1002", kind, "見本 花子", "1991-12-24")
        k.click("_Scan")
        k.wait_text(k.t("Not accepted: %s") % k.t(name), seconds=60)
    k.click("_Try again")
    k.wait("Put your card on the scanner")
    k.click("_Back")
    k.click("I do _not agree")
    k.wait("Understood. Nothing was taken.")
    k.click("_Close")
    at_start(k)
    assert state_of(world, "見本 花子") in ("none", "refused")


def contractor(k, world):
    k.click("_Contractor")
    k.wait("Please call an attendant")
    k.type("_PIN", "99999999")
    k.click("_Open")
    k.wait("The PIN is wrong.", exact=False, seconds=60)
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Which contractor?", seconds=60)
    k.click_text(k.t("Choose %s") % "例示 五郎")
    k.wait("Which identity documents did you see?")
    k.click("Two documents without a photo")
    k.click("_I have seen them")
    k.wait("What your number is used for")
    k.click("I _agree")
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)
    k.click("_Yes, this is my number")
    k.wait("Thank you. Your number is in custody.")
    k.click("_Close")
    at_start(k)
    assert state_of(world, "例示 五郎") == "collected"


def admin_wrong_pin(k, world):
    k.click("_Administration")
    k.wait("For the persons in charge only.")
    k.type("_PIN", "88888888")
    k.click("_Open")
    k.wait("The PIN is wrong.", exact=False, seconds=60)
    assert not k.has("Who has handed in a number")
    # the next one who comes is told before they try
    k.click("_Back")
    at_start(k)
    k.click("_Administration")
    k.wait(k.texts.ngettext("After %u more wrong PIN the vault locks itself.", "After %u more wrong PINs the vault locks itself.", 9) % 9)


def review_and_approve(k, world):
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    k.click("_Review")
    for name in ("見本 太郎", "見本 次郎", "例示 五郎"):
        kiosk.wait_for(f"the record of {name}", lambda: state_of(world, name) == "collected", 10)
    k.click_text(k.t("Show the record of %s") % "見本 次郎")
    k.wait("notification card")
    k.click("_Approve")
    kiosk.wait_for("the chosen record's approval", lambda: state_of(world, "見本 次郎") == "approved", 30)
    k.wait("Payment records")  # the next one in the list is shown by itself
    for left in (1, 0):
        words = k.everything()
        assert not any(number in words for number in kiosk.NUMBERS.values()), "a number is shown in admin mode"
        k.click("_Approve")
        kiosk.wait_for(f"{left} records left", lambda: [
            state_of(world, name) for name in ("見本 太郎", "例示 五郎")].count("collected") == left, 30)
        if left:
            k.wait("_Approve")
        else:
            k.wait("Nothing waits for review.")


def export(k, world):
    k.click("_Export")
    k.type("_Handed to", "payroll")
    k.click("_Write the file")
    k.wait("SHA-256", exact=False)
    files = glob.glob(os.path.join(world.exports, "*"))
    assert len(files) == 1 and not files[0].endswith(".part"), f"{len(files)} files"
    assert stat.S_IMODE(os.stat(files[0]).st_mode) == 0o600, "others may read the export"
    with open(files[0], "rb") as file:
        assert kiosk.NUMBERS["1001"].encode() not in file.read(), "the zip has the number in the clear"
    passphrase = k.passphrase()
    content = kiosk.unzip(files[0], passphrase)
    assert kiosk.NUMBERS["1001"].encode() in content, "the export lacks the number"
    assert kiosk.NUMBERS["C001"].encode() not in content, "the export has a contractor among the employees"
    k.click("I have _noted it")
    k.wait("_Write the file")
    assert passphrase not in k.everything(), "the passphrase is still on the screen"
    if memory.readable(k.process.pid):
        memory.assert_none(k.process.pid, "a passphrase", [passphrase.encode()])
    k.tab_to("_Purpose")
    k.press("space")
    for _ in range(4):
        k.press("Down")
    k.press("Return")
    k.click("_Write the file")
    k.wait_text("1 row was written.", exact=False)
    files = [path for path in glob.glob(os.path.join(world.exports, "*")) if path != files[0]]
    assert len(files) == 1, "no second file"
    content = kiosk.unzip(files[0], k.passphrase())
    assert kiosk.NUMBERS["C001"].encode() in content, "who is exported does not follow the purpose"
    assert kiosk.NUMBERS["1001"].encode() not in content, "an employee is among the contractors"
    k.click("I have _noted it")
    k.tab_to("In the _clear")
    k.press("space")
    k.wait("Whoever finds the file reads the numbers", exact=False)
    k.click("_Write the file")
    k.wait_text(".csv", exact=False)
    plain = glob.glob(os.path.join(world.exports, "*.csv"))
    assert len(plain) == 1, "no plain file"
    with open(plain[0], "rb") as file:
        assert kiosk.NUMBERS["C001"].encode() in file.read(), "the plain file lacks the number"


def record(k, world):
    k.click("Re_cord")
    k.click("_Verify")
    k.wait("The record is whole and unaltered.", exact=False, seconds=60)
    words = k.everything()
    assert not any(number in words for number in kiosk.NUMBERS.values())
    for told in (kiosk.ADMIN, k.t("Record approved") + " · 見本 太郎", k.t("another document")):
        assert told in words, f"the record does not tell “{told}”"
    codes = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-|\w+=\w+|\bnumber-\w+|employment-known|skipped", words)
    assert not codes, f"the record shows codes: {codes[:3]}"
    k.click("_Log out")
    at_start(k)


def language(k, world):
    k.click_text("日本語")
    k.set_language("ja")
    at_start(k)
    k.click_text("English")
    k.set_language("en")
    at_start(k)


def time_out_wipes(k, world):
    identify(k, "1003", "19750707")
    k.wait("What your number is used for")
    at_start(k)
    assert "例示 三郎" not in k.everything()


def many_people(k, world):
    """More than the window asks the vault for at once, and than it asks for next: all of them come."""
    roster = os.path.join(world.dir, "many.csv")
    with open(roster, "w", encoding="utf-8") as file:
        file.write("社員番号,氏名,フリガナ,生年月日\n")
        file.writelines(f"9{i:04d},見本 {i:04d}番,ミホン,1980-04-01\n" for i in range(1250))
    world.ctl("people", "import", roster, "--admin", kiosk.ADMIN, "--pin-file", world.pin_file)
    listed = world.ctl("--json", "people", "list", "--admin", kiosk.ADMIN, "--pin-file", world.pin_file).stdout
    k.click("_Review")  # the list is asked for when its view is shown
    k.click("_People")
    k.wait_text(str(len(listed.splitlines())))


def several_admins(k, world):
    """One is added while the kiosk runs: from then on it asks who, and tries no PIN before it knows."""
    clerk, pin = "見本 事務", "642913"
    new_pin_file = os.path.join(world.dir, "new-pin")
    with open(new_pin_file, "w") as file:
        file.write(pin + "\n")
    k.click("_Administration")
    k.wait("For the persons in charge only.")
    assert not k.has("_Name"), "a name is asked for while there is one admin"
    world.ctl("admins", "add", "--name", clerk, "--role", "clerk", "--new-pin-file", new_pin_file,
              "--admin", kiosk.ADMIN, "--pin-file", world.pin_file)
    k.wait("_Name")
    k.type("_PIN", pin)
    k.tab_to("_PIN")
    k.press("Return")
    k.wait("Please choose your name first.")
    k.tab_to("_Name")
    k.press("space")
    for key in ("Down", "Down", "Return"):
        time.sleep(0.3)
        k.press(key)
    k.wait_text(clerk, exact=False)  # on the row, or on a label in it with GTK 4.18
    assert not k.has("Please choose your name first."), "what was mended is still asked for"
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    k.wait_text(clerk, exact=False)
    many_people(k, world)
    k.click("_Log out")
    at_start(k)


def no_personal_data_in_the_log(k, world):
    with open(k.log.name, encoding="utf-8", errors="replace") as file:
        log = file.read()
    for word in [*kiosk.NUMBERS.values(), "見本 太郎", "例示 五郎", kiosk.PIN]:
        assert word not in log, "the log holds something personal"


# A name, and further options of the kiosk; those with the same options share one run of the program.
PARTS = [
    (("--demo",), [reader_dies, scan_ends_early, vault_dies]),
    ((), [keyboard, wrong_birth_date, cancel_wipes, employee, dependant, refused_document, contractor, admin_wrong_pin,
          review_and_approve, export, record, language, vault_dies_in_admin_mode, several_admins,
          no_personal_data_in_the_log]),
    (("--timeout-scale", "0.05"), [time_out_wipes]),
]


def main():
    kiosk.enter_session("1280x800")
    world = kiosk.World(sys.argv[1])
    n = failed = 0
    print("1..%d" % sum(len(tests) for _, tests in PARTS), flush=True)
    try:
        world.draw_cards()
        world.set_up_vault()
        for options, tests in PARTS:
            k = kiosk.Kiosk(world, "en", options)
            broken = False
            for test in tests:
                n += 1
                name = f"{n} - /e2e/{test.__name__.replace('_', '-')}"
                if broken:  # the screen is not where this one begins
                    failed += 1
                    print(f"not ok {name}\n# not tried after the failure above", flush=True)
                    continue
                try:
                    test(k, world)
                    print(f"ok {name}", flush=True)
                except Exception:
                    failed += 1
                    broken = True
                    print(f"not ok {name}\n# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
                    if os.environ.get("AZUKARI_E2E_PICTURE"):
                        k.picture(os.environ["AZUKARI_E2E_PICTURE"])
            k.close()
    finally:
        world.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
