#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An eSCL (AirScan) scanner on loopback, for the tests of the SANE driver.

    fake-escl.py JPEG [--fault jam|empty|cover|busy|drop]

Prints the port it listens on as its first line, then serves until it is ended. The page is always the same grey JPEG. Faults
concern the feeder, except busy (the scanner is in use) and drop (the connection ends in the middle of the page).
"""
import argparse
import http.server
import itertools
import sys
import threading

NAMESPACES = (
    'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'
)
ADF_STATES = {"jam": "ScannerAdfJam", "empty": "ScannerAdfEmpty", "cover": "ScannerAdfHatchOpen"}


def element(name, *content):
    return f"<{name}>{''.join(str(c) for c in content)}</{name.split()[0]}>"


def document(root, *content):
    return '<?xml version="1.0" encoding="UTF-8"?>' + element(f"{root} {NAMESPACES}", *content)


def input_caps(name):
    def resolution(dpi):
        return element(
            "scan:DiscreteResolution", element("scan:XResolution", dpi), element("scan:YResolution", dpi)
        )

    profile = element(
        "scan:SettingProfile",
        element("scan:ColorModes", element("scan:ColorMode", "Grayscale8")),
        element("scan:DocumentFormats", element("pwg:DocumentFormat", "image/jpeg")),
        element("scan:SupportedResolutions", element("scan:DiscreteResolutions", *map(resolution, (100, 200, 300)))),
    )
    return element(
        name,
        element("scan:MinWidth", 16),
        element("scan:MaxWidth", 300),
        element("scan:MinHeight", 16),
        element("scan:MaxHeight", 300),
        element("scan:SettingProfiles", profile),
    )


CAPABILITIES = document(
    "scan:ScannerCapabilities",
    element("pwg:Version", "2.63"),
    element("pwg:MakeAndModel", "Fake eSCL"),
    element("scan:Platen", input_caps("scan:PlatenInputCaps")),
    element("scan:Adf", input_caps("scan:AdfSimplexInputCaps"), element("scan:FeederCapacity", 10)),
)


class Scanner(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    jpeg = b""
    fault = ""
    jobs = {}  # path -> pages left
    numbers = itertools.count(1)

    def log_message(self, *arguments):
        pass

    def reply(self, code, body=b"", content_type="text/xml", **headers):
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def status(self):
        state = ADF_STATES.get(self.fault, "ScannerAdfLoaded")
        return document(
            "scan:ScannerStatus",
            element("pwg:Version", "2.63"),
            element("pwg:State", "Idle"),
            element("scan:AdfState", state),
        )

    def send_page(self):
        if self.fault == "drop":
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(self.jpeg)))
            self.end_headers()
            self.wfile.write(self.jpeg[: len(self.jpeg) // 2])
            self.close_connection = True
        else:
            self.reply(200, self.jpeg, "image/jpeg")

    def do_GET(self):
        job = self.path.removesuffix("/NextDocument")
        if self.path.endswith("/ScannerCapabilities"):
            self.reply(200, CAPABILITIES.encode())
        elif self.path.endswith("/ScannerStatus"):
            self.reply(200, self.status().encode())
        elif job != self.path and self.jobs.get(job, 0) > 0:
            self.jobs[job] -= 1
            self.send_page()
        else:
            self.reply(404)

    def do_POST(self):
        settings = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.fault == "busy":
            self.reply(503)
        elif self.fault in ADF_STATES and "Feeder" in settings:
            self.reply(409)
        else:
            job = f"/eSCL/ScanJobs/{next(self.numbers)}"
            self.jobs[job] = 1
            host, port = self.server.server_address
            self.reply(201, Location=f"http://{host}:{port}{job}")

    def do_DELETE(self):
        self.jobs.pop(self.path, None)
        self.reply(200)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("jpeg")
    parser.add_argument("--fault", default="", choices=["", "busy", "drop", *ADF_STATES])
    arguments = parser.parse_args()
    with open(arguments.jpeg, "rb") as file:
        Scanner.jpeg = file.read()
    Scanner.fault = arguments.fault
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scanner)
    print(server.server_address[1], flush=True)
    # ends with whoever started it
    threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
