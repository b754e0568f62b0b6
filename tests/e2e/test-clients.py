#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One kiosk for several companies: real vaults on software TPMs, each with a daemon of its own.

    tests/e2e/test-clients.py BUILD [PICTURES [LANG]]        prints TAP
"""
import datetime
import os
import signal
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kiosk  # noqa: E402
import memory  # noqa: E402

QUESTION = "Which company asked for your number?"
START = "Your My Number, kept safe"
CANNOT = "Nothing can be taken for %s at the moment"
NOT_FOUND = "We could not find you with this code and birth date. Please check both, or ask for help."
A, B = "例示産業株式会社", kiosk.COMPANY
PERSON_OF_A = """区分,社員番号,氏名,カナ,生年月日,部署,本人社員番号,続柄
社員,1001,別社 一郎,ベッシャ イチロウ,1980-04-01,総務部,,
社員,2002,別社 二郎,ベッシャ ジロウ,1982-02-02,総務部,,
"""


class Office(kiosk.World):
    """Two companies: a, and b, which has the people of the other tests."""

    def set_up(self):
        self.vaults = os.path.join(self.dir, "vaults")
        self.add("a", A)
        self.add("b", B)
        self.import_people("a", PERSON_OF_A)
        self.import_people("b", kiosk.ROSTER)

    def folder(self, client):
        return os.path.join(self.vaults, client)

    def ctl_of(self, client, *args):
        self.vault = self.folder(client)
        return self.ctl(*args)

    def add(self, client, company):
        # without a roster: ctl () names the vault, and this verb makes one
        os.makedirs(self.folder(client), 0o700)
        self.ctl_of(client, "init", "--provider", "swtpm", "--company", company, "--admin", kiosk.ADMIN, "--pin-file",
                    self.pin_file)

    def import_people(self, client, people):
        roster = os.path.join(self.dir, "roster.csv")
        with open(roster, "w", encoding="utf-8") as file:
            file.write(people)
        self.ctl_of(client, "people", "import", roster, "--admin", kiosk.ADMIN, "--pin-file", self.pin_file)

    def daemons(self, client):
        """The processes that hold that client's vault."""
        wanted = ("--vault\0" + self.folder(client) + "\0").encode()
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/comm") as comm, open(f"/proc/{pid}/cmdline", "rb") as line:
                    if comm.read().strip() == "azukari-vaultd" and wanted in line.read():
                        found.append(int(pid))
            except OSError:
                continue
        return found

    def wait_until_ended(self, client):
        kiosk.wait_for(f"the end of {client}'s daemon", lambda: not self.daemons(client), 30)

    def states(self, client):
        listed = self.ctl_of(client, "--json", "people", "list", "--admin", kiosk.ADMIN, "--pin-file", self.pin_file).stdout
        return listed.count('"state":"collected"')


def choose(k, company):
    k.wait(QUESTION, seconds=60)
    k.click_text(company)
    k.wait(START)
    k.wait_text(company)


def identify(k, code, digits):
    k.click("_Employee")
    k.type("Employee _code", code)
    k.type("_Birth date (eight digits)", digits)
    k.click("_Next")


def asks_which(k, world, picture):
    k.wait(QUESTION, seconds=60)
    words = k.everything()
    assert words.index(A) < words.index(B), "the companies are not in the order of their folders"
    assert not k.has("_Company"), "two need no search"
    picture("companies")
    # what was asked for their names has gone again
    world.wait_until_ended("a")
    world.wait_until_ended("b")


def there_and_back(k, world, picture):
    choose(k, A)
    picture("start-a")
    assert B not in k.everything(), "the other company's name is on the screen"
    k.click("A_nother company")
    choose(k, B)
    picture("start-b")
    assert A not in k.everything(), "the former company's name is on the screen"
    # one connection at a time
    world.wait_until_ended("a")
    assert len(world.daemons("b")) == 1


def by_keyboard(k, world, picture):
    k.press("Escape")
    k.wait(QUESTION)
    for _ in range(10):
        if k.focused().startswith(A):
            break
        k.press("Tab")
        time.sleep(0.15)
    else:
        raise AssertionError(f"Tab never gets to the company, but to “{k.focused()}”")
    k.press("Return")
    k.wait(START)
    k.wait_text(A)
    k.tab_to("A_nother company")
    k.press("Return")
    k.wait(QUESTION)


def another_companys_person(k, world, picture):
    """Whoever is in A is nobody in B; and back on the first page is not the end."""
    choose(k, B)
    identify(k, "2002", "19820202")
    k.wait(NOT_FOUND)
    k.click("_Back")
    k.wait(START)
    k.wait_text(B)
    k.click("_Employee")
    k.wait("Who are you?")
    assert k.text_of("Employee _code") == "", "the code is left in its field"
    k.click("Ca_ncel")
    k.wait(QUESTION)


def one_is_closed(k, world, picture):
    """A's keyset is gone: A says so, with a way back, and B serves."""
    world.wait_until_ended("a")
    os.rename(os.path.join(world.folder("a"), "keyset.bin"), os.path.join(world.folder("a"), "aside"))
    k.wait(QUESTION)
    k.click_text(A)
    k.wait_text(k.t(CANNOT) % A, seconds=60)
    picture("closed")
    k.click("_Back")
    k.wait(QUESTION)
    k.wait("Not available now", exact=False)
    picture("companies-one-closed")


def collects_for_the_other(k, world, picture):
    choose(k, B)
    identify(k, "1001", "19800401")
    k.wait("What your number is used for")
    k.click("I _agree")
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)
    k.wait_text(B)
    picture("confirm")
    k.click("_Yes, this is my number")
    k.wait("Stored safely. Anyone else?")
    k.click("_Finish")
    k.wait("Thank you. Your number is in custody.")
    k.wait(QUESTION)  # by itself, after some seconds
    if memory.readable(k.process.pid):
        memory.assert_none(k.process.pid, "a number", memory.forms(kiosk.NUMBERS["1001"]))
        for name in ("見本 太郎", "見本 次郎"):
            memory.assert_none(k.process.pid, "a name", [name.encode()])
    assert "見本 太郎" not in k.everything()
    assert world.states("b") == 1


def opened_again(k, world, picture):
    world.wait_until_ended("a")
    os.rename(os.path.join(world.folder("a"), "aside"), os.path.join(world.folder("a"), "keyset.bin"))
    choose(k, A)
    k.click("A_nother company")
    k.wait(QUESTION)
    kiosk.wait_for("the end of the warning", lambda: not k.has("Not available now", exact=False))
    assert world.states("a") == 0


def admin_of_one(k, world, picture):
    """An admin's views and exports are that company's; logging out ends at the choice."""
    record = world.ctl_of("b", "--json", "review", "list", "--admin", kiosk.ADMIN, "--pin-file", world.pin_file).stdout
    record = record.split('"id":"')[1].split('"')[0]
    world.ctl_of("b", "review", "approve", record, "--admin", kiosk.ADMIN, "--pin-file", world.pin_file)
    choose(k, B)
    k.click("_Administration")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    k.wait_text("見本 太郎", exact=False)
    picture("admin")
    k.click("_Export")
    k.type("_Handed to", "payroll")
    k.click("_Write the file")
    k.wait("SHA-256", exact=False)
    assert len(os.listdir(os.path.join(world.exports, "b"))) == 1, "the export is not in the company's own folder"
    assert sorted(os.listdir(world.exports)) == ["a", "b"] and not os.listdir(os.path.join(world.exports, "a"))
    k.click("_Log out")
    k.wait(QUESTION)
    choose(k, A)
    k.click("_Administration")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    k.wait_text("別社 一郎", exact=False)
    words = k.everything()
    assert "見本 太郎" not in words and B not in words, "something of the other company is in the views"
    k.click("_Log out")
    k.wait(QUESTION)


def language(k, world, picture):
    other = "日本語" if k.lang == "en" else "English"
    here = "English" if k.lang == "en" else "日本語"
    lang = k.lang
    k.click_text(other)
    k.set_language("ja" if lang == "en" else "en")
    choose(k, B)
    k.click_text(here)
    k.set_language(lang)
    k.wait(START)
    k.wait_text(B)
    k.click("A_nother company")
    k.wait(QUESTION)


def daemon_dies(k, world, picture):
    choose(k, B)
    for pid in world.daemons("b"):
        os.kill(pid, 9)
    k.wait_text(k.t(CANNOT) % B)
    k.wait("The program that keeps the numbers has stopped, and what you had begun with it.")
    k.click("_Back")
    choose(k, A)
    k.click("A_nother company")
    k.wait(QUESTION)


def left_alone(k, world, picture):
    """Nobody begins, or goes on: back to the choice."""
    choose(k, A)
    k.wait(QUESTION)
    choose(k, B)
    identify(k, "1003", "19750707")
    k.wait("What your number is used for")
    k.wait(QUESTION)
    assert "例示 三郎" not in k.everything()


def makes_backups(k, world, picture):
    """While nobody chooses: no daemon runs then that would do it by itself."""
    k.wait(QUESTION)
    place = os.path.join(world.dir, "place")
    kiosk.wait_for("b's nightly backup", lambda: any(name.endswith(".azb") for name in os.listdir(place)), 60)
    world.wait_until_ended("a")
    world.wait_until_ended("b")


def one_does_not_answer(k, world, picture):
    """A's daemon hangs: it is called by its folder, and the other one is served."""
    stopped = world.daemons("a")
    assert stopped
    try:
        k.wait(QUESTION)
        k.wait_text("a")
        k.wait_text(B)
        assert A not in k.everything()
        choose(k, B)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    k.click("A_nother company")
    choose(k, A)  # asked once more on the way, it has told its name
    k.click("A_nother company")
    k.wait(QUESTION)


def term_is_over(k, world, picture):
    """Said at the start, and nobody can begin; its admins get in, and the other company is served."""
    k.wait(QUESTION)
    k.wait("Not available now", exact=False)
    choose(k, A)
    k.wait("The term of this vault is over, so nothing is taken in. Please ask the person in charge.")
    picture("term-over")
    assert not k.find(k.t("_Employee"), kiosk.BUTTON_ROLES).get_state_set().contains(k.atspi.StateType.SENSITIVE)
    k.click("_Administration")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    k.click("_Log out")
    choose(k, B)
    assert not k.has("The term of this vault is over, so nothing is taken in. Please ask the person in charge.")
    k.click("_Employee")
    k.wait("Who are you?")
    k.click("Ca_ncel")
    # extended, while the kiosk shows it
    choose(k, A)
    world.ctl_of("a", "term", "end", "--admin", kiosk.ADMIN, "--pin-file", world.pin_file)
    k.click("_Employee")
    k.wait("Who are you?")
    k.click("Ca_ncel")
    k.wait(QUESTION)


def many(k, world, picture):
    """With many there is a search; what is in it is gone when nobody goes on."""
    k.wait(QUESTION, seconds=60)
    picture("companies-many")
    k.type("Search", "見本商事7")
    kiosk.wait_for("the search", lambda: k.find(B, kiosk.BUTTON_ROLES) is None)
    k.wait_text("見本商事7")
    picture("companies-found")
    k.type("Search", "どこにもない")
    k.wait("No company found. Please ask the person in charge of the kiosk.")
    k.type("Search", "")
    # two that are called the same are told apart
    k.wait_text("見本商事9 c9")
    k.wait_text("見本商事9 d9")
    k.click_text("見本商事9 d9")
    k.wait(START)


def only_one(k, world, picture):
    k.wait(START, seconds=60)
    assert not k.has(QUESTION) and not k.has("A_nother company")


def no_personal_data_in_the_log(k, world, picture):
    with open(k.log.name, encoding="utf-8", errors="replace") as file:
        log = file.read()
    for word in [*kiosk.NUMBERS.values(), "見本 太郎", "別社 一郎", kiosk.PIN]:
        assert word not in log, "the log holds something personal"


def with_a_place(world):
    place = os.path.join(world.dir, "place")
    os.mkdir(place, 0o700)
    world.ctl_of("b", "backup", "places", "add", place, "--admin", kiosk.ADMIN, "--pin-file", world.pin_file)


def with_one_stopped(world):
    world.ctl_of("a", "status")
    for pid in world.daemons("a"):
        os.kill(pid, signal.SIGSTOP)


def with_a_term(world):
    yesterday = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
    world.ctl_of("a", "term", "set", yesterday, "--admin", kiosk.ADMIN, "--pin-file", world.pin_file)


def more_companies(world):
    for i in range(7):
        world.add(f"c{i + 3}", f"見本商事{i + 3}")
    world.add("d9", "見本商事9")


def one_company(world):
    world.vaults = os.path.join(world.dir, "one")
    world.add("a", A)


# Further options of the kiosk, what is made before it starts, and what is tried; in the order of the pictures.
PARTS = [
    ((), None, [asks_which, there_and_back, by_keyboard, another_companys_person, one_is_closed, collects_for_the_other,
                opened_again, admin_of_one, language, daemon_dies, no_personal_data_in_the_log]),
    (("--timeout-scale", "0.1"), with_a_place, [makes_backups, left_alone]),
    ((), with_one_stopped, [one_does_not_answer]),
    ((), with_a_term, [term_is_over]),
    ((), more_companies, [many]),
    ((), one_company, [only_one]),
]


def run(world, lang, pictures):
    n = failed = 0

    def picture(name):
        if pictures:
            k.picture(os.path.join(pictures, f"{lang}-{name}.png"))

    for options, prepare, tests in PARTS:
        if prepare:
            prepare(world)
        k = kiosk.Kiosk(world, lang, options)
        broken = False
        for test in tests:
            n += 1
            name = f"{n} - /e2e/clients/{test.__name__.replace('_', '-')}"
            try:
                assert not broken, "not tried after the failure above"
                test(k, world, picture)
                print(f"ok {name}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {name}\n# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
                if not broken:
                    picture("failed")
                broken = True
        k.close()
        n += 1
        bad = "CRITICAL" in k.complaints
        failed += bad
        print(f"{'not ok' if bad else 'ok'} {n} - /e2e/clients/no-complaints", flush=True)
    return failed


def main():
    kiosk.enter_session("1280x800")
    lang = sys.argv[3] if len(sys.argv) > 3 else "en"
    world = Office(sys.argv[1])
    print("1..%d" % sum(len(tests) + 1 for _, _, tests in PARTS), flush=True)
    try:
        world.draw_cards()
        world.set_up()
        failed = run(world, lang, sys.argv[2] if len(sys.argv) > 2 else None)
    finally:
        world.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
