#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, for tools/demo: three people on a roster, their drawn cards, the kiosk, an export, and the proof.

    tests/e2e/demo.py --build BUILD --out DIR [--lang ja|en] [--window]

With --window the kiosk opens on this display and a person uses it. Without, it runs on a virtual display and is taken through by its
accessible controls; each step is printed with its result, and screenshots and the export stay in DIR."""
import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kiosk  # noqa: E402

SIZE = "1280x800"
ROSTER = """社員番号,氏名,フリガナ,生年月日,部署,区分,続柄,本人社員番号
1001,見本 太郎,ミホン タロウ,1980-04-01,総務部,社員,,
1001-1,見本 次郎,ミホン ジロウ,2012-05-05,,家族,子,1001
1002,見本 花子,ミホン ハナコ,1991-12-24,営業部,社員,,
C001,例示 五郎,レイジ ゴロウ,1969-09-09,,外部協力者,,
"""
CARDS = (
    # code, kind of card, name, birth date
    ("1001", "card-back", "見本 太郎", "1980-04-01"),
    ("1001-1", "notification-card", "見本 次郎", "2012-05-05"),
    ("1002", "notification-card", "見本 花子", "1991-12-24"),
    ("C001", "card-back", "例示 五郎", "1969-09-09"),
)
NUMBERS = dict(kiosk.NUMBERS)
NUMBERS["1002"] = "31415926535" + kiosk.check_digit("31415926535")
WINDOW_HELP = """
The kiosk opens now. To try it:
  employee      code 1001, birth date 19800401 (with a child), or 1002 and 19911224
  contractor    the attendant's PIN is {pin}
  administration: the same PIN
Everything is thrown away when the window closes, but for exports, which go to {out}
"""


@contextlib.contextmanager
def step(what):
    """Prints what is done, then ok or FAILED; inside, the returned function adds a remark."""
    remarks = []
    print(f"{what:<71}", end="", flush=True)
    try:
        yield remarks.append
    except BaseException:
        print("FAILED", flush=True)
        raise
    print("ok" + "".join(f"  ({remark})" for remark in remarks), flush=True)


def set_up(world):
    with step("a vault, its key sealed to a software TPM"):
        world.set_up_vault(ROSTER)
    with step("sample cards, drawn for the three people and a child"):
        for code, kind, name, birth in CARDS:
            world.draw(code, kind, name, birth, NUMBERS[code])


def employee(k, shot):
    with step("kiosk: an employee says who they are"):
        k.click("_Employee")
        k.wait("Who are you?")
        k.type("Employee _code", "1001")
        k.type("_Birth date (eight digits)", "19800401")
        shot("who")
        k.click("_Next")
    with step("kiosk: they read what the number is for, and agree"):
        k.wait("What your number is used for")
        shot("purpose")
        k.click("I _agree")
        k.wait("Put your card on the scanner")
        shot("place")
    with step("kiosk: their card is scanned, found, read twice and checked") as remark:
        k.click("_Scan")
        k.wait("Reading your card")
        shot("scan")
        k.wait("Is this your number?", seconds=60)
        share = k.share_scanned()
        remark(f"the scan ended by itself: {share} % of the page was enough" if share else "all of the page was scanned")
        shot("confirm")
    with step("kiosk: they confirm; the number is sealed and stored"):
        k.click("_Yes, this is my number")
        k.wait("Stored safely. Anyone else?")
        shot("family")
        k.click("_Finish")
        k.wait("Thank you. Your number is in custody.")
        shot("done")
        k.click("_Close")


def contractor(k, shot):
    with step("kiosk: a contractor comes with an attendant, who enters the PIN"):
        k.click("_Contractor")
        k.wait("Please call an attendant")
        k.type("_PIN", kiosk.PIN)
        k.click("_Open")
        k.wait("Which contractor?", seconds=60)
        shot("contractor")
        k.click_text(k.t("Choose %s") % "例示 五郎")
        k.wait("Which identity documents did you see?")
        k.click("One document with a photo")
        shot("identity")
        k.click("_I have seen them")
    with step("kiosk: the contractor agrees, scans and confirms"):
        k.wait("What your number is used for")
        k.click("I _agree")
        k.click("_Scan")
        k.wait("Is this your number?", seconds=60)
        k.click("_Yes, this is my number")
        k.wait("Thank you. Your number is in custody.")
        k.click("_Close")


def admin(k, shot):
    with step("administration: who has handed in, and who has not"):
        k.click("_Administration")
        k.wait("For the persons in charge only.")
        k.type("_PIN", kiosk.PIN)
        k.click("_Open")
        k.wait("Who has handed in a number", seconds=60)
        shot("people")
    with step("administration: both numbers are reviewed and approved"):
        k.click("_Review")
        k.wait("Review and approve")
        shot("review")
        for _ in range(2):
            k.click("_Approve")
            k.wait("Approved.")
    with step("administration: export for payroll"):
        k.click("_Export")
        k.wait("_Handed to")
        k.type("_Handed to", "給与計算" if k.lang == "ja" else "payroll")
        k.click("_Write the file")
        k.wait("SHA-256", exact=False)
        shot("export")
        passphrase = k.passphrase()
        k.click("I have _noted it")
        k.click("_Log out")
        k.wait("_Employee")
    return passphrase


def check_file(path, codes):
    """The export holds the numbers of just these people."""
    with open(path, "rb") as file:
        check_content(file.read(), codes)


def check_content(content, codes):
    text = content.decode("utf-8-sig")
    for code, number in NUMBERS.items():
        assert (number in text) == (code in codes), f"the export is wrong about {code}"


def check_exports(world, out, passphrase):
    with step("7-Zip opens that file with its passphrase: just the employee's number") as remark:
        names = os.listdir(world.exports)
        assert len(names) == 1, "one export was expected"
        path = os.path.join(world.exports, names[0])
        assert kiosk.unzip(path, passphrase[:-1]) is None, "another passphrase opens the file"
        check_content(kiosk.unzip(path, passphrase), ["1001"])
        shutil.copy(os.path.join(world.exports, names[0]), out)
        remark(names[0])
    with step("azukarictl exports the contractor's, for payment records") as remark:
        path = os.path.join(out, "payment-records.csv")
        world.ctl("export", "--format", "keyed-csv", "--out", path, "--purpose", "payment-record", "--kind", "contractor", "--plain",
                  "--destination", "支払調書", "--pin-file", world.pin_file)
        check_file(path, ["C001"])
        remark("payment-records.csv")


def check_with_ctl(world, out, verb, what, *options):
    with step(what) as remark:
        answer = json.loads(world.ctl("--json", verb, *options).stdout)
        text = world.ctl(verb, *options).stdout
        assert answer["ok"] and answer["findings"], text
        with open(os.path.join(out, verb + ".txt"), "w", encoding="utf-8") as file:
            file.write(text)
        remark(f"{len(answer['findings'])} checks, {verb}.txt")


def find_in_folder(folder, needles):
    for path, _, names in os.walk(folder):
        for name in names:
            full = os.path.join(path, name)
            if not os.path.isfile(full):
                continue
            with open(full, "rb") as file:
                content = file.read()
            for needle in needles:
                if needle.encode() in content:
                    return name
    return None


def silence_bus_warnings():
    """The accessibility library warns while a program is still arriving on its bus."""
    from gi.repository import GLib
    GLib.log_set_handler("dbind", GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None)


def run_headless(world, options):
    silence_bus_warnings()
    pictures = []

    def shot(name):
        pictures.append(name)
        k.picture(os.path.join(options.out, f"{len(pictures):02d}-{name}.png"))

    k = kiosk.Kiosk(world, options.lang, ["--demo"])
    try:
        k.wait("_Employee")
        shot("start")
        for part in (employee, contractor):
            part(k, shot)
        passphrase = admin(k, shot)
    finally:
        k.close()
    check_exports(world, options.out, passphrase)
    with step("no name and no number in any file of the vault, nor in the log"):
        needles = [card[2] for card in CARDS] + list(NUMBERS.values())
        assert find_in_folder(world.vault, needles) is None, "found something readable"
        assert find_in_folder(os.path.join(world.dir, "logs"), needles) is None, "found something in the log"
    check_with_ctl(world, options.out, "prove", "a copy of the vault opens nowhere else", "--pin-file", world.pin_file)
    check_with_ctl(world, options.out, "verify", "the record is whole")
    with open(os.path.join(options.out, "prove.txt"), encoding="utf-8") as file:
        print("\n" + file.read())
    print(f"{len(pictures)} screenshots, the export, prove.txt and verify.txt are in {options.out}")


def run_in_window(world, options):
    print(WINDOW_HELP.format(pin=kiosk.PIN, out=options.out), flush=True)
    subprocess.run([world.program("app", "azukari"), "--vault", world.vault, "--scanner", "recorded:" + world.pages, "--demo",
                    "--export-dir", options.out, "--lang", options.lang], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--lang", default="ja", choices=["ja", "en"])
    parser.add_argument("--window", action="store_true")
    options = parser.parse_args()
    if not options.window:
        kiosk.enter_session(SIZE)
    world = kiosk.World(options.build)
    try:
        set_up(world)
        (run_in_window if options.window else run_headless)(world, options)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{os.path.basename(error.cmd[0])} ended with {error.returncode}: {error.stderr or ''}")
    except AssertionError as error:
        sys.exit(f"the demo stopped: {error}")
    finally:
        world.close()


if __name__ == "__main__":
    main()
