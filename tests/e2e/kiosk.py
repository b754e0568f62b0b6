# SPDX-License-Identifier: Apache-2.0
"""Drives the kiosk by its accessible controls on a display of its own: with a real vault on a software TPM, the real
reader, and cards drawn for the occasion. Used by test-kiosk.py (the tests) and tour.py (a picture of every screen)."""
import gettext
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PIN = "135792468"
COMPANY = "見本株式会社"
ADMIN = "見本 責任者"
# Obviously artificial people. Columns as `azukarictl people import` takes them.
ROSTER = """区分,社員番号,氏名,カナ,生年月日,部署,本人社員番号,続柄
社員,1001,見本 太郎,ミホン タロウ,1980-04-01,総務部,,
社員,1002,見本 花子,ミホン ハナコ,1991-12-24,営業部,,
社員,1003,例示 三郎,レイジ サブロウ,1975-07-07,開発部,,
家族,,見本 次郎,ミホン ジロウ,2012-05-05,,1001,子
外部協力者,C001,例示 五郎,レイジ ゴロウ,1969-09-09,,,
"""
NUMBERS = {"1001": "123456789018", "1001-1": "023456789013", "C001": "987654321093"}


# A seed whose cards lie in the upper half of the glass, so that not all of it is needed.
CARD_SEED = 5
# As large as the glass, so that they lie straight.
SHEETS = ("resident-record", "application-form")

# Debian 13's accessibility library says "button" where Debian 12's says "push button".
BUTTON_ROLES = ("push button", "button", "toggle button", "list item")


def check_digit(eleven):
    """番号法施行規則: weights 6 5 4 3 2 7 6 5 4 3 2, remainder of 11; 0 and 1 give 0."""
    rest = sum(int(d) * w for d, w in zip(eleven, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
    return "0" if rest <= 1 else str(11 - rest)


NUMBERS = {code: number[:11] + check_digit(number[:11]) for code, number in NUMBERS.items()}


def enter_session(size):
    """Runs the calling script again on a virtual display with a session bus of its own; returns inside that."""
    if os.environ.get("AZUKARI_E2E_SESSION"):
        return
    runtime = tempfile.mkdtemp(prefix="azukari-e2e-")
    os.chmod(runtime, 0o700)
    read_end, write_end = os.pipe()
    xvfb = subprocess.Popen(["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24", "-nolisten", "tcp"],
                            pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    bus = None
    try:
        display = os.read(read_end, 16).decode().strip()
        env = dict(os.environ, AZUKARI_E2E_SESSION="1", DISPLAY=":" + display, XDG_RUNTIME_DIR=runtime, HOME=runtime,
                   GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="atspi", LC_ALL="C.UTF-8",
                   GSETTINGS_BACKEND="memory", NO_AT_BRIDGE="0")
        env.pop("WAYLAND_DISPLAY", None)
        # Not dbus-run-session: the bus and what it starts would chat on our standard error.
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--nosyslog", "--print-address=1"], env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        sys.exit(subprocess.call(["/usr/bin/python3", "-W", "ignore"] + sys.argv, env=env))
    finally:
        for process in (bus, xvfb):
            if process is not None:
                process.terminate()
                process.wait()
        shutil.rmtree(runtime, ignore_errors=True)


def unzip(path, passphrase):
    """The bytes in the zip at @path, as 7-Zip gets them out; None when it refuses."""
    done = subprocess.run(["7z", "x", "-so", "-bso0", "-bse0", "-bd", "-p" + passphrase, path], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    return done.stdout if done.returncode == 0 else None


def wait_for(what, function, seconds=30):
    """Waits until function() is true and returns what it returned."""
    end = time.monotonic() + seconds * float(os.environ.get("AZUKARI_E2E_PATIENCE", "1"))
    while True:
        result = function()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)


class World:
    """A vault with people on its roster, and a folder with the pages that the recorded scanner sees."""

    def __init__(self, build, kind_of_cards=None):
        self.build = os.path.abspath(build)
        self.dir = tempfile.mkdtemp(prefix="azukari-world-")
        self.vault = os.path.join(self.dir, "vault")
        self.vaults = None  # a folder of several, where the kiosk is to serve one
        self.pages = os.path.join(self.dir, "pages")
        self.exports = os.path.join(self.dir, "exports")
        self.pin_file = os.path.join(self.dir, "pin")
        os.mkdir(self.pages)
        os.mkdir(self.exports)
        with open(self.pin_file, "w") as file:
            file.write(PIN + "\n")
        os.chmod(self.pin_file, 0o600)

    def program(self, *path):
        return os.path.join(self.build, *path)

    def ctl(self, *args, check=True):
        return subprocess.run([self.program("app", "ctl", "azukarictl"), "--vault", self.vault, *args], check=check,
                              capture_output=True, text=True)

    def set_up_vault(self, people=ROSTER):
        roster = os.path.join(self.dir, "roster.csv")
        with open(roster, "w", encoding="utf-8") as file:
            file.write(people)
        self.ctl("init", "--provider", "swtpm", "--company", COMPANY, "--admin", ADMIN, "--pin-file", self.pin_file)
        self.ctl("people", "import", roster, "--admin", ADMIN, "--pin-file", self.pin_file)

    def draw(self, code, kind, name, birth, number=None):
        rotation = "0" if kind in SHEETS else "8"
        command = [self.program("tests", "corpus", "azukari-corpus"), "--kind", kind, "--dpi", "300", "--page", "bed",
                   "--purpose", "tuning", "--seed", str(CARD_SEED), "--level", "easy", "--gray", "--rotation", rotation,
                   "--name", name, "--birth", birth, "--file", os.path.join(self.pages, code + ".pnm")]
        if number:
            command += ["--number", number]
        subprocess.run(command, check=True, capture_output=True)

    def draw_cards(self):
        self.draw("1001", "card-back", "見本 太郎", "1980-04-01", NUMBERS["1001"])
        self.draw("1001-1", "notification-card", "見本 次郎", "2012-05-05", NUMBERS["1001-1"])
        self.draw("1002", "licence", "見本 花子", "1991-12-24")
        self.draw("C001", "card-back", "例示 五郎", "1969-09-09", NUMBERS["C001"])

    def collect(self, code, birth):
        """That person's drawn card into custody, without the window."""
        self.ctl("collect", "--device", "recorded:" + os.path.join(self.pages, code + ".pnm"), "--person", code, "--birth-date", birth)

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def kill(world, name):
    """Ends the programs of that name that work for this world, as a crash would."""
    killed = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as comm, open(f"/proc/{pid}/environ", "rb") as environ:
                ours = comm.read().strip() == name and os.environ["XDG_RUNTIME_DIR"].encode() in environ.read()
        except OSError:
            continue
        if ours:
            os.kill(int(pid), signal.SIGKILL)
            killed += 1
    assert killed, f"there is no {name}"


class Kiosk:
    """The running program, seen through its accessible objects."""

    def __init__(self, world, lang="en", options=()):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        self.atspi = Atspi
        self.world = world
        self.set_language(lang)
        Atspi.get_desktop(0).get_child_count()  # the registry must run before the program, or it may never be seen
        os.makedirs(os.path.join(world.dir, "logs"), exist_ok=True)
        self.log = open(os.path.join(world.dir, "logs", "kiosk.log"), "ab")
        self.process = subprocess.Popen(
            [world.program("app", "azukari"), *(["--vaults", world.vaults] if world.vaults else ["--vault", world.vault]),
             "--scanner", "recorded:" + world.pages, "--kiosk",
             "--export-dir", world.exports, "--lang", lang, *options], stdout=self.log, stderr=self.log)
        self.root = wait_for("the program on the accessibility bus", self.find_program, 30)
        self.root.set_cache_mask(Atspi.Cache.NONE)  # GTK does not tell the cache when a label's text changes

    def set_language(self, lang):
        self.lang = lang
        self.texts = gettext.translation("azukari", self.world.program("po"), [lang], fallback=True)

    def t(self, msgid):
        """What the screen says for this msgid, without mnemonics."""
        return re.sub(r"_(.)", r"\1", self.texts.gettext(msgid))

    def find_program(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the program ended with {self.process.returncode}")
        desktop = self.atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child and "azukari" in (child.get_name() or "") and child.get_process_id() == self.process.pid:
                return child
        return None

    def children(self, node):
        """The visible ones. Objects may go away while we look: those are no longer on the screen."""
        from gi.repository import GLib
        children = []
        try:
            for i in range(node.get_child_count()):
                child = node.get_child_at_index(i)
                if child is not None and child.get_state_set().contains(self.atspi.StateType.VISIBLE):
                    children.append(child)
        except GLib.Error:
            pass
        return children

    def walk(self, node):
        """Everything on the screen, in order."""
        for child in self.children(node):
            yield child
            yield from self.walk(child)

    def text_in(self, node):
        """A status line has no name of its own with GTK 4.18, but it has its text."""
        text = node.get_text_iface()
        # by the interface: an accessible has an older method of the same name, which takes no range
        return self.atspi.Text.get_text(text, 0, self.atspi.Text.get_character_count(text)) if text else ""

    def is_named(self, node, name, exact):
        """By its name, or by the first words of it: a button's name is all that is written on it."""
        node_name = node.get_name() or self.text_in(node)
        return node_name == name or node_name.startswith(name + " ") if exact else name in node_name

    def find(self, name, roles=None, exact=True):
        for node in self.walk(self.root):
            try:
                if self.is_named(node, name, exact) and (roles is None or node.get_role_name() in roles):
                    return node
            except Exception:  # an object that went away while we looked
                continue
        return None

    def wait(self, msgid, roles=None, exact=True, seconds=30):
        return self.wait_text(self.t(msgid), roles, exact, seconds)

    def wait_text(self, text, roles=None, exact=True, seconds=30):
        return wait_for(f"“{text}”", lambda: self.find(text, roles, exact), seconds)

    def has(self, msgid, exact=True):
        return self.find(self.t(msgid), None, exact) is not None

    def has_text(self, text, exact=False):
        return self.find(text, None, exact) is not None

    def can_click(self, msgid):
        node = self.find(self.t(msgid), BUTTON_ROLES)
        return node is not None and node.get_state_set().contains(self.atspi.StateType.SENSITIVE)

    def pause(self):
        """Between keys that follow one another."""
        time.sleep(0.3)

    def click(self, msgid, seconds=30):
        self.click_text(self.t(msgid), seconds)

    def click_text(self, text, seconds=30):
        """Presses the button that is named so, once it can be pressed."""
        def ready():
            node = self.find(text, BUTTON_ROLES)
            return node if node and node.get_state_set().contains(self.atspi.StateType.SENSITIVE) else None
        node = wait_for(f"button “{text}”", ready, seconds)
        action = node.get_action_iface()
        assert action is not None and action.do_action(0), f"button “{text}” does nothing"

    def tick(self, text):
        """A box to tick, by the keyboard: it has no action with GTK 4.8."""
        self.wait_text(text, ("check box",))
        self.tab_to(text)
        self.press("space")

    def type(self, msgid, text):
        def field():
            for node in self.walk(self.root):
                if self.is_named(node, self.t(msgid), True) and node.get_editable_text_iface():
                    return node
            return None
        node = wait_for(f"field “{self.t(msgid)}”", field)
        node.get_editable_text_iface().set_text_contents(text)

    def text_of(self, msgid):
        """What is in a field now."""
        for node in self.walk(self.root):
            if self.is_named(node, self.t(msgid), True) and node.get_editable_text_iface():
                return self.text_in(node)
        return None

    def share_scanned(self):
        """Percent of the page after which the scan was ended, as a demo's banner tells it; None when it went to its end."""
        sentence = re.escape(self.t("The scan ended early: %u %% of the page was enough."))
        found = re.search(sentence.replace("%u", "([0-9]+)").replace("%%", "%"), self.everything())
        return int(found[1]) if found else None

    def press(self, key):
        """A key of the keyboard, by its X name: "Tab", "Return", "a"."""
        import gi
        gi.require_version("Gdk", "4.0")
        from gi.repository import Gdk
        self.atspi.generate_keyboard_event(Gdk.keyval_from_name(key), None, self.atspi.KeySynthType.SYM)

    def focused(self):
        """The name of what has the keyboard."""
        for node in self.walk(self.root):
            try:
                if node.get_state_set().contains(self.atspi.StateType.FOCUSED) and node.get_role_name() != "window":
                    return node.get_name() or ""
            except Exception:  # an object that went away while we looked
                continue
        return ""

    def focused_words(self):
        """The words in what has the keyboard: an item of a list has no name of its own."""
        for node in self.walk(self.root):
            try:
                if node.get_state_set().contains(self.atspi.StateType.FOCUSED) and node.get_role_name() == "list item":
                    return [inner.get_name() for inner in self.walk(node)]
            except Exception:  # an object that went away while we looked
                continue
        return []

    def focused_entry(self):
        """What is typed goes into it."""
        for node in self.walk(self.root):
            try:
                if node.get_state_set().contains(self.atspi.StateType.FOCUSED) and node.get_editable_text_iface():
                    return node
            except Exception:  # an object that went away while we looked
                continue
        return None

    def tab_to(self, msgid):
        """Presses Tab until it gets there; it goes round."""
        text = self.t(msgid)
        for _ in range(30):
            name = self.focused()
            if name == text or name.startswith(text + " "):
                return
            self.press("Tab")
            time.sleep(0.15)
        raise AssertionError(f"Tab never gets to “{text}”, but to “{name}”")

    def choose_file(self, msgid, path):
        """In the desktop's dialog of that title, whose field for a path opens with a slash."""
        self.wait(msgid)
        for key in ("slash", "slash"):
            self.press(key)
            self.pause()
            if self.focused_entry():
                break
        wait_for("the field for a path", self.focused_entry).get_editable_text_iface().set_text_contents(path)
        self.pause()
        self.press("Return")

    def log_in(self, place, pin, door="_Administration"):
        """To the administration, as the so-many-th name of the list."""
        self.click(door)
        self.wait("For the persons in charge only.")
        self.choose("_Name", place)
        self.type("_PIN", pin)
        self.click("_Open")
        self.wait("_Log out", seconds=60)

    def choose_path(self, title, path):
        """In the desktop's own dialog, which is another window: a slash opens its entry for a path."""
        self.wait(title)
        self.pause()
        self.press("slash")
        entry = wait_for("the entry for a path", self.focused_entry)
        entry.get_editable_text_iface().set_text_contents(path)
        self.pause()
        self.press("Return")
        wait_for("the end of the dialog", lambda: not self.has(title))

    def choose(self, msgid, place):
        """The so-many-th of a drop-down's choices, from 0."""
        self.tab_to(msgid)
        self.press("space")
        for key in ["Home"] + ["Down"] * place + ["Return"]:  # the list remembers where it was
            self.pause()
            self.press(key)

    def choose_named(self, msgid, text):
        """That one of a drop-down's choices. A pointer that rests over the list would choose as well while it scrolls."""
        self.atspi.generate_mouse_event(1, 1, "abs")
        self.tab_to(msgid)
        self.press("space")
        self.pause()
        self.press("Home")
        for _ in range(60):
            self.pause()
            if text in self.focused_words():
                self.press("Return")
                return
            self.press("Down")
        raise AssertionError(f"“{text}” is none of the choices")

    def everything(self):
        """All the words on the screen."""
        words = []
        for node in self.walk(self.root):
            words.append(node.get_name() or "")
            words.append(self.text_in(node))
        return "\n".join(words)

    def passphrase(self):
        """The one on the screen."""
        found = set(re.findall(r"\b[2-9a-z]{5}(?:-[2-9a-z]{5}){4}\b", self.everything()))
        assert len(found) == 1, f"{len(found)} passphrases on the screen"
        return found.pop()

    def picture(self, path):
        time.sleep(0.4)  # the frame after the last change
        subprocess.run(["/usr/bin/import", "-window", "root", path], check=True)

    def close(self):
        if self.process.poll() is not None:
            print(f"# the program had ended by itself with {self.process.returncode}", file=sys.stderr)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            self.complaints = file.read()
        if self.complaints:
            print("# " + self.complaints.replace("\n", "\n# "), file=sys.stderr)
