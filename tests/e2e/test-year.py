#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A company's year: who works there hands in a number, with a dependant, and a contractor; a handler reviews them, and puts them into the files
that payroll made without them: 375, 309, and 2200700 for somebody who joins. One leaves, the time for keeping is over, the number is disposed
of, and the certificate and the record are checked. Program, reader, vault and software TPM are real.

    tests/e2e/test-year.py BUILD [PICTURES]     with PICTURES: a picture of each screen of it goes there
"""
import datetime
import glob
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import drive  # noqa: E402
import kiosk  # noqa: E402

TARO, JIRO, HANAKO, GORO, JOINER = "見本 太郎", "見本 次郎", "見本 花子", "例示 五郎", "見本 四季"
JOINER_NUMBER = "31415926535" + kiosk.check_digit("31415926535")
FILE = "Payroll’s file without numbers"


def me(world):
    return "--admin", kiosk.ADMIN, "--pin-file", world.pin_file


def states(world):
    listed = world.ctl("--json", "people", "list", *me(world)).stdout
    return {person["name"]: person["state"] for person in map(json.loads, listed.splitlines())}


def title_of(k, world, format_id):
    listed = map(json.loads, world.ctl("--json", "export", "--list", *me(world)).stdout.splitlines())
    return next(format["title-ja" if k.lang == "ja" else "title"] for format in listed if format["id"] == format_id)


def row(code, n_columns, cells, eol="\r\n"):
    """A row of payroll's; @cells: column, from 1 -> text."""
    return ",".join({1: code, **cells}.get(column, "") for column in range(1, n_columns + 1)) + eol


def payroll(world, name, text):
    path = os.path.join(world.dir, name)
    with open(path, "wb") as file:
        file.write(text.encode("cp932"))
    return path


def set_up(world):
    world.set_up_vault()
    world.draw_cards()
    os.mkdir(os.path.join(world.dir, "backups"))
    world.ctl("backup", "places", "add", os.path.join(world.dir, "backups"), *me(world))


def log_in(k):
    """There is one person in charge, who is not asked who they are."""
    k.click("_Administration")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("_Log out", seconds=60)


def hand_in(k):
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)
    k.click("_Yes, this is my number")


def an_employee_and_a_dependant(k, world, picture):
    k.click("_Employee")
    k.type("Employee _code", "1001")
    k.type("_Birth date (eight digits)", "19800401")
    k.click("_Next")
    k.click("I _agree")
    hand_in(k)
    k.wait("Stored safely. Anyone else?")
    k.click_text(k.t("Scan the card of %s") % JIRO)
    k.wait("Put your card on the scanner")
    hand_in(k)
    k.wait("Stored safely. Anyone else?")
    k.click("_Finish")
    k.wait("Thank you. Your number is in custody.")
    k.click("_Close")
    k.wait("_Employee")


def a_contractor(k, world, picture):
    k.click("_Contractor")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Which contractor?", seconds=60)
    k.click_text(k.t("Choose %s") % GORO)
    k.wait("Which identity documents did you see?")
    k.click("One document with a photo")
    k.click("_I have seen them")
    k.click("I _agree")
    hand_in(k)
    k.wait("Thank you. Your number is in custody.")
    k.click("_Close")
    k.wait("_Employee")


def the_review(k, world, picture):
    log_in(k)
    k.click("_Review")
    for left in (2, 1, 0):
        k.wait("_Approve")
        k.click("_Approve")
        kiosk.wait_for(f"{left} records left", lambda: list(states(world).values()).count("collected") == left, 30)
    k.wait("Nothing waits for review.")
    assert {name for name, state in states(world).items() if state == "approved"} == {TARO, JIRO, GORO}


def written(k, world):
    """What is in the zip that was just written; the zip goes."""
    k.wait("The file is written", seconds=60)
    files = glob.glob(os.path.join(world.exports, "*.zip"))
    assert len(files) == 1, f"{len(files)} files"
    content = kiosk.unzip(files[0], k.passphrase())
    assert content is not None
    k.click("I have _noted it")
    k.wait("_Write the file")
    os.unlink(files[0])
    return content


def employees_of_the_year(k, world, picture):
    """375: one with a dependant, and one who has not handed in, which somebody has to decide."""
    taro = {14: "見本　太郎", 44: "1", 45: "55", 46: "4", 47: "1", 97: "見本　次郎"}
    hanako = {14: "見本　花子", 44: "4", 45: "3", 46: "12", 47: "24"}
    source = payroll(world, "375.csv", row("375", 135, taro) + row("375", 135, hanako))
    k.click("_Export")
    k.choose_named("_Format", title_of(k, world, "nta-375"))
    k.type("_Handed to", "見本税務署")
    assert not k.can_click("_Write the file"), "there is no file to put the numbers into"
    picture("year-merge")
    k.click("Payroll’s f_ile")
    k.choose_path(FILE, source)
    k.wait_text(source, exact=False)
    k.click("_Write the file")
    k.wait("Whose numbers are these?", seconds=60)
    words = k.everything()
    assert HANAKO in words and TARO not in words
    picture("year-merge-question")
    assert not k.can_click("_Put in the others"), "nobody has decided yet"
    k.click("_Back")
    k.wait("_Write the file")
    assert not os.listdir(world.exports), "something was written without a decision"
    k.click("_Write the file")
    k.tick(k.t("These cells stay as they are; they are seen to in payroll"))
    k.click("_Put in the others")
    content = written(k, world)
    taro.update({95: kiosk.NUMBERS["1001"], 99: kiosk.NUMBERS["1001-1"]})
    assert content == (row("375", 135, taro) + row("375", 135, hanako)).encode("cp932"), "more than the numbers has changed"
    picture("year-merge-done")


def payments_of_the_year(k, world, picture):
    """309, and payroll's mistake: a file that is none."""
    k.choose_named("_Format", title_of(k, world, "nta-309"))
    k.choose("_Purpose", 4)
    k.click("Payroll’s f_ile")
    k.choose_path(FILE, payroll(world, "wrong.csv", row("375", 135, {14: "例示　五郎"})))
    k.wait_text("wrong.csv", exact=False)
    k.click("_Write the file")
    k.wait("Payroll has to make the file again", seconds=60)
    picture("year-merge-wrong-file")
    assert not k.has("_Put in the others"), "there is nothing to decide"
    k.click("_Back")
    k.click("Payroll’s f_ile")
    k.choose_path(FILE, payroll(world, "309.csv", row("309", 53, {14: "例示　五郎"})))
    k.wait_text("309.csv", exact=False)
    k.click("_Write the file")
    assert written(k, world) == row("309", 53, {14: "例示　五郎", 53: kiosk.NUMBERS["C001"]}).encode("cp932")
    k.click("_Log out")
    k.wait("_Employee")


def one_joins(k, world, picture):
    world.ctl("people", "add", "--kind", "employee", "--code", "1004", "--name", JOINER, "--kana", "ミホン シキ", "--birth-date", "1999-01-02",
              *me(world))
    world.draw("1004", "card-back", JOINER, "1999-01-02", JOINER_NUMBER)
    world.collect("1004", "1999-01-02")
    records = map(json.loads, world.ctl("--json", "review", "list", *me(world)).stdout.splitlines())
    world.ctl("review", "approve", next(record["id"] for record in records if record["state"] == "collected"), *me(world))
    cells = {7: "ﾐﾎﾝ ｼｷ", 8: "見本　四季", 9: "7", 10: "110102", 14: "1"}
    head = "00,001\r\n[kanri]\r\n,001\r\n[data]\r\n"
    source = payroll(world, "SHFD0006.CSV", head + row("2200700", 34, cells))
    out = os.path.join(world.exports, "filed.zip")
    done = world.ctl("--json", "merge", "--format", "nenkin-2200700", "--in", source, "--out", out, "--purpose", "social-insurance",
                     "--destination", "日本年金機構", *me(world))
    report = json.loads(done.stdout)
    content = kiosk.unzip(out, report["passphrase"])
    cells.update({13: JOINER_NUMBER, 14: ""})
    assert content == (head + row("2200700", 34, cells)).encode("cp932")
    world.ctl("export", "receipt", report["export-id"], "imported", *me(world))
    world.ctl("export", "receipt", report["export-id"], "deleted", *me(world))
    os.unlink(out)


def one_leaves_and_the_time_is_over(k, world, picture):
    """With the dependant, whose number was kept for the same reasons."""
    world.ctl("people", "leave", "--code", "1001", "--date", f"{datetime.date.today().year - 9}-03-31", *me(world))
    log_in(k)
    k.click("_Disposal")
    k.wait_text(TARO, exact=False)
    picture("year-due")
    k.tick(k.t("Choose %s") % TARO)
    k.click("_Look at what would go")
    k.tick(k.t("As the responsible person I decide that these numbers are disposed of"))
    k.click("_Dispose of them")
    k.wait("_Back to the list", seconds=120)
    k.wait_text(".pdf", exact=False)
    picture("year-disposed")
    now = states(world)
    assert now[TARO] == "disposed" and now[GORO] == "approved" and now[JOINER] == "approved"
    paper = glob.glob(os.path.join(world.exports, "*.pdf"))[0][:-4]
    assert json.loads(world.ctl("--json", "verify-certificate", paper + ".azc", "--key", paper + ".pem").stdout)["numbers"] == 1
    k.click("_Log out")
    k.wait("_Employee")


def everything_is_as_it_should_be(k, world, picture):
    world.ctl("verify")
    actions = [json.loads(line)["action"] for line in world.ctl("--json", "log", *me(world)).stdout.splitlines()]
    for action, times in (("number-collected", 4), ("number-approved", 4), ("exported", 3), ("export-imported", 1), ("export-deleted", 1), ("number-disposed", 1)):
        assert actions.count(action) == times, f"{action}: {actions.count(action)} times"
    # a restored vault has what was disposed of neither
    for path in glob.glob(os.path.join(world.dir, "**"), recursive=True):
        if os.path.isfile(path) and not path.startswith((world.pages, os.path.join(world.dir, "logs"))):
            with open(path, "rb") as file:
                content = file.read()
            for number in (*kiosk.NUMBERS.values(), JOINER_NUMBER):
                assert number.encode() not in content, "a number is left in a file"


TESTS = [an_employee_and_a_dependant, a_contractor, the_review, employees_of_the_year, payments_of_the_year, one_joins,
         one_leaves_and_the_time_is_over, everything_is_as_it_should_be]


if __name__ == "__main__":
    drive.main("year", TESTS, set_up, languages="ja")
