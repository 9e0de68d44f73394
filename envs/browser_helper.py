"""Starts the browser of one desktop and speaks DevTools to it; runs inside, under python3.

    browser_helper.py SOCKET PROGRAM [ARGUMENT...]

It is the browser's parent, ends when it ends and as it ended. The DevTools protocol goes through
two pipes that nobody else has. It is one of the desktop's processes and lives on application time.

Two things go through it:

- Requests of the host: one JSON line each way on a socket. Only the sandbox's first process is
  answered, which connects for the host and for nobody inside.
- Web sites: there is no network. Every http request that the browser makes is stopped before it
  leaves (the Fetch domain) and answered from the files of a site, or with "no such host".
"""

import base64
import json
import mimetypes
import os
import posixpath
import select
import selectors
import socket
import struct
import subprocess
import sys
import urllib.parse

# What a page holds, told by itself in a world of its own, which the page's scripts cannot touch.
# Form fields show what they were sent with; here attributes are set to what they hold now.
PAGE = r"""(() => {
  if (!document.documentElement) return '{}';
  const copy = document.documentElement.cloneNode(true);
  const fields = 'input,textarea,select,option,details,dialog';
  const now = document.documentElement.querySelectorAll(fields);
  const put = copy.querySelectorAll(fields);
  now.forEach((field, i) => {
    const target = put[i];
    const set = (name, on) => on ? target.setAttribute(name, '') : target.removeAttribute(name);
    if (field instanceof HTMLInputElement) {
      if (field.type === 'checkbox' || field.type === 'radio') set('checked', field.checked);
      else if (field.type === 'file')
        target.setAttribute('value', [...field.files].map(f => f.name).join(', '));
      else target.setAttribute('value', field.value);
    } else if (field instanceof HTMLTextAreaElement) target.textContent = field.value;
    else if (field instanceof HTMLOptionElement) set('selected', field.selected);
    else if (!(field instanceof HTMLSelectElement)) set('open', field.open);
  });
  for (const each of copy.querySelectorAll('script,style,noscript,template')) each.remove();
  const stored = area => {
    try { return Object.fromEntries(Object.entries(window[area])); } catch (e) { return {}; }
  };
  const within = node => node && node.nodeType === 1 ? node.id || node.tagName.toLowerCase() : '';
  return JSON.stringify({
    title: document.title, html: copy.outerHTML, text: document.body ? document.body.innerText : '',
    local_storage: stored('localStorage'), session_storage: stored('sessionStorage'),
    selection: String(getSelection()), focus: within(document.activeElement),
    scroll: [Math.round(scrollX), Math.round(scrollY)], visible: document.visibilityState,
  });
})()"""
# What shows of a page, where it is on the screen.
ELEMENTS = r"""(selector => {
  const left = screenX + (outerWidth - innerWidth) / 2, top = screenY + outerHeight - innerHeight;
  const found = [];
  for (const e of document.querySelectorAll(selector)) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(e).visibility !== 'visible') continue;
    const checked = e.type === 'checkbox' || e.type === 'radio';
    found.push({
      tag: e.tagName.toLowerCase(), text: e.innerText ?? e.textContent ?? '',
      value: String(checked ? e.checked : e.value ?? ''),
      attributes: Object.fromEntries([...e.attributes].map(a => [a.name, a.value])),
      x: left + box.x, y: top + box.y, width: box.width, height: box.height,
    });
  }
  return JSON.stringify(found);
})"""
AREA = """JSON.stringify([screenX + (outerWidth - innerWidth) / 2,
    screenY + outerHeight - innerHeight, innerWidth, innerHeight])"""
SAYS = "/.well-known/cuagym/"
"""Pages post here what they say themselves: SAYS + "asks", what the agent is asked; "over". A
post to "begin" is answered when all has settled: what the page does then, the agent sees."""
STORAGE = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems"
WORLD = "cuagym"
BLANK = ".cuagym"
"""A path at which every site has an empty page, in which its storage can be looked up."""
REQUESTS = 1000
"""How many sent forms are remembered."""


class Gone(Exception):
    """The browser has closed its end."""


class Hurried(Exception):
    """The host will not wait for this answer any longer."""


class DevTools:
    """The protocol over two pipes: commands that wait for their answer, and events meanwhile."""

    def __init__(self, reads, writes, event):
        self.reads, self.writes, self.event = reads, writes, event
        self.number = 0
        self.buffer = b""
        self.answers = {}
        self.host = None  # a connection on which it may hurry us

    def send(self, method, session="", **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.writes, data) :]
        return self.number

    def call(self, method, session="", **params):
        """Raises RuntimeError where the browser refuses, Hurried where it does not answer."""
        number = self.send(method, session, **params)
        self.answers[number] = None
        try:
            while self.answers[number] is None:
                self.wait()
        finally:
            answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def wait(self):
        """Take what arrives next."""
        ends = [self.reads] if self.host is None else [self.reads, self.host]
        ready = select.select(ends, [], [])[0]
        if self.reads in ready:
            self.read()
        elif not self.host.recv(100):
            self.host = None  # it has gone
        else:
            raise Hurried("it does not answer")

    def read(self):
        """Take what has arrived, at least something."""
        data = os.read(self.reads, 1 << 20)
        if not data:
            raise Gone
        *messages, self.buffer = (self.buffer + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" not in message:
                self.event(message)
            elif message["id"] in self.answers:
                self.answers[message["id"]] = message


class Sites:
    """Web sites by host, answered from memory."""

    def __init__(self):
        self.files = {}
        self.digests = {}
        self.sent = []
        self.said = {}

    def place(self, sites, blobs):
        """Hold sites, by digests of their files, and forget others."""
        known = {}
        for host, site in self.digests.items():
            known.update(zip(site.values(), self.files[host].values(), strict=True))
        known |= {digest: base64.b64decode(data) for digest, data in blobs.items()}
        self.digests = sites
        self.files = {h: {n: known[d] for n, d in site.items()} for h, site in sites.items()}

    def agree(self, sites):
        """Whether nothing that browsers keep of the sites in memory is another thing in others."""
        return not any(
            digest != self.digests.get(host, {}).get(name, digest) and not name.endswith(".html")
            for host, site in sites.items()
            for name, digest in site.items()
        )

    def answer(self, request):
        """The status, headers and body for a request; None for an unknown host."""
        url = urllib.parse.urlsplit(request["url"])
        files = self.files.get(url.hostname or "")
        if files is None:
            return None
        if url.scheme == "http":  # a page of another origin, which has another storage
            secure = url._replace(scheme="https", netloc=url.hostname).geturl()
            return 308, [{"name": "Location", "value": secure}], b""
        path = urllib.parse.unquote(url.path).lstrip("/")
        if path == BLANK:
            return 200, self.headers("blank.html"), b"<!doctype html>"
        if url.path.startswith(SAYS):
            self.said[url.path.removeprefix(SAYS)] = request.get("postData", "")
            return 204, [], b""
        if request["method"] not in ("GET", "HEAD") and len(self.sent) < REQUESTS:
            body = request.get("postData", "")
            self.sent.append({"method": request["method"], "url": request["url"], "body": body})
        for name in (path, posixpath.join(path, "index.html"), f"{path}.html"):
            if name in files:
                return 200, self.headers(name), files[name]
        lost = files.get("404.html", b"<!doctype html><title>Not found</title><h1>Not found</h1>")
        return 404, self.headers("404.html"), lost

    @staticmethod
    def headers(name):
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("javascript", "json", "xml")):
            kind += "; charset=utf-8"
        keep = "no-store" if name.endswith(".html") else "max-age=86400"
        told = {"Content-Type": kind, "Cache-Control": keep}
        return [{"name": k, "value": v} for k, v in told.items()]


class Browser:
    def __init__(self, command):
        reads, theirs = os.pipe()
        mine, writes = os.pipe()

        def place():  # the browser reads from 3 and writes to 4
            a, b = os.dup(mine), os.dup(theirs)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(command, preexec_fn=place, close_fds=False)
        os.close(mine)
        os.close(theirs)
        self.pipe = DevTools(reads, writes, self.event)
        self.sites = Sites()
        self.downloads = {}
        self.loads = set()
        self.waiting = []
        web = [{"urlPattern": "http://*"}, {"urlPattern": "https://*"}]
        self.pipe.call("Fetch.enable", patterns=web)
        self.pipe.call("Browser.setDownloadBehavior", behavior="default", eventsEnabled=True)

    def event(self, message):
        method, params = message["method"], message["params"]
        if method == "Fetch.requestPaused":
            self.serve(params)
        elif method == "Browser.downloadWillBegin":
            name = params.get("suggestedFilename", "")
            self.downloads[params["guid"]] = {"url": params["url"], "file": name, "state": "begun"}
        elif method == "Browser.downloadProgress" and params["guid"] in self.downloads:
            download = self.downloads[params["guid"]]
            download["state"] = params["state"]
            if params.get("filePath"):
                download["file"] = os.path.basename(params["filePath"])
        elif method == "Page.loadEventFired":
            self.loads.add(message.get("sessionId"))

    def serve(self, paused):
        if urllib.parse.urlsplit(paused["request"]["url"]).path == SAYS + "begin":
            self.waiting.append(paused["requestId"])  # until the host asks what the page asks
            return
        found = self.sites.answer(paused["request"])
        if "over" in self.sites.said:
            open(sys.argv[1] + ".over", "w").close()
        if found is None:
            which = {"requestId": paused["requestId"], "errorReason": "NameNotResolved"}
            self.pipe.send("Fetch.failRequest", **which)
            return
        status, headers, body = found
        self.pipe.send(
            "Fetch.fulfillRequest",
            requestId=paused["requestId"],
            responseCode=status,
            responseHeaders=headers,
            body=base64.b64encode(body).decode(),
        )

    def pages(self):
        """The tabs' targets, as the browser lists them."""
        found = self.pipe.call("Target.getTargets", filter=[{"type": "page"}])["targetInfos"]
        return [t for t in found if not t["url"].startswith("devtools://")]

    def attached(self, target):
        return self.pipe.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def detach(self, session):
        try:
            self.pipe.call("Target.detachFromTarget", sessionId=session)
        except RuntimeError:
            pass  # the tab was closed meanwhile

    # What the host asks

    def renew(self, request):
        """Show another page in place of the one tab that is open, as if nothing had been before."""
        pages = self.pages()
        known = [f"https://{host}/" for host in self.sites.files]
        elsewhere = not pages[0]["url"].startswith(tuple(known))
        if len(pages) != 1 or self.downloads or elsewhere or not self.sites.agree(request["sites"]):
            return {"renewed": False}
        if os.path.exists(sys.argv[1] + ".over"):
            os.remove(sys.argv[1] + ".over")
        self.sites.sent.clear()
        self.sites.said.clear()
        self.waiting.clear()
        session = self.attached(pages[0]["targetId"])
        try:
            for origin in known:
                self.pipe.call(
                    "Storage.clearDataForOrigin", session, origin=origin, storageTypes=STORAGE
                )
            self.show(session, request)
        finally:
            self.detach(session)
        while request["begins"] and not self.waiting:
            self.pipe.wait()
        return {"renewed": True} | self.asks(request)

    def open(self, request):
        """Show a page in the only tab, as if the browser had started with it."""
        session = self.attached(self.pages()[0]["targetId"])
        try:
            self.show(session, request)
            return {"area": [round(number) for number in self.evaluate(session, AREA)]}
        finally:
            self.detach(session)

    def show(self, session, request):
        """Have sites, and show a page in a tab, without a history."""
        self.sites.place(request["sites"], request["blobs"])
        if not request["url"]:
            return
        self.pipe.call("Page.enable", session)
        self.loads.discard(session)
        told = self.pipe.call("Page.navigate", session, url=request["url"])
        if "errorText" in told:
            raise RuntimeError(f"{request['url']} cannot be shown: {told['errorText']}")
        while session not in self.loads:
            try:
                self.pipe.wait()
            except Hurried:
                raise RuntimeError(f"{request['url']} does not finish loading") from None
        self.pipe.call("Page.resetNavigationHistory", session)

    def asks(self, request):
        """Have a page begin that waits for it, and return what it asks then."""
        begun, self.waiting = self.waiting, []
        for each in begun:
            self.pipe.send("Fetch.fulfillRequest", requestId=each, responseCode=204)
        while begun and "asks" not in self.sites.said:
            self.pipe.wait()
        return {"asks": self.sites.said.get("asks", ""), "begun": bool(begun)}

    def state(self, request):
        tabs = []
        for target in self.pages():
            tab = {"url": target["url"], "title": target["title"]}
            try:
                session = self.attached(target["targetId"])
            except RuntimeError:
                continue
            try:
                tab |= self.page(session)
            except (RuntimeError, ValueError, Hurried) as e:
                tab["problem"] = str(e)
            finally:
                self.detach(session)
            tabs.append(tab)
        cookies = self.pipe.call("Storage.getCookies")["cookies"]
        return {
            "open": True,
            "tabs": tabs,
            "cookies": [{k: c[k] for k in ("name", "value", "domain", "path")} for c in cookies],
            "downloads": list(self.downloads.values()),
            "sent": self.sites.sent,
            "said": self.sites.said,
        }

    def evaluate(self, session, expression):
        """The value of an expression in a page, in a world of its own."""
        frame = self.pipe.call("Page.getFrameTree", session)["frameTree"]["frame"]["id"]
        world = self.pipe.call("Page.createIsolatedWorld", session, frameId=frame, worldName=WORLD)[
            "executionContextId"
        ]
        answer = self.pipe.call(
            "Runtime.evaluate", session, expression=expression, contextId=world, returnByValue=True
        )
        if "exceptionDetails" in answer:
            why = answer["exceptionDetails"]
            raise RuntimeError(why.get("exception", {}).get("description", why.get("text")))
        return json.loads(answer["result"]["value"])

    def elements(self, request):
        for target in self.pages():
            session = self.attached(target["targetId"])
            try:
                if self.evaluate(session, "JSON.stringify(!document.hidden)"):
                    call = f"{ELEMENTS}({json.dumps(request['selector'])})"
                    return {"elements": self.evaluate(session, call)}
            finally:
                self.detach(session)
        raise RuntimeError("no page is in front")

    def stores(self, request):
        """What every site has stored, whether a tab shows it or not; by tabs that nobody sees."""
        found = {}
        for host in self.sites.files:
            origin = f"https://{host}"
            try:
                found[origin] = self.stored(origin)
            except RuntimeError:
                continue  # storage may be blocked by the agent's settings
            except Hurried:
                break  # a dialog of the same site holds it
        return {"stores": found}

    def stored(self, origin):
        hidden = self.pipe.call("Target.createTarget", url="about:blank", hidden=True)["targetId"]
        try:
            session = self.attached(hidden)
            self.pipe.call("Page.navigate", session, url=f"{origin}/{BLANK}")
            where = {"storageKey": f"{origin}/", "isLocalStorage": True}
            told = self.pipe.call("DOMStorage.getDOMStorageItems", session, storageId=where)
            return dict(told["entries"])
        finally:
            self.pipe.send("Target.closeTarget", targetId=hidden)

    def page(self, session):
        history = self.pipe.call("Page.getNavigationHistory", session)
        told = {
            "history": [e["url"] for e in history["entries"]],
            "at": history["currentIndex"],
        }
        return told | self.evaluate(session, PAGE)

    def quit(self, request):
        self.pipe.send("Browser.close")
        return {}


def peer_is_first_process(connection):
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return struct.unpack("3i", raw)[0] == 1


def serve(browser, server):
    connection, _ = server.accept()
    with connection:
        if not peer_is_first_process(connection):
            return
        line = connection.makefile().readline()
        if not line:
            return
        request = json.loads(line)
        functions = {
            "asks": browser.asks,
            "elements": browser.elements,
            "open": browser.open,
            "quit": browser.quit,
            "renew": browser.renew,
            "state": browser.state,
            "stores": browser.stores,
        }
        browser.pipe.host = connection
        try:
            answer = functions[request["op"]](request)
        except Gone:
            raise
        except (RuntimeError, Hurried) as e:  # said in words of ours, or the browser's
            answer = {"error": str(e)[:500]}
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"[:500]}
        finally:
            browser.pipe.host = None
        connection.sendall(json.dumps(answer).encode() + b"\n")


def main():
    path, *command = sys.argv[1:]
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    browser = Browser(command)
    server.listen()
    poll = selectors.DefaultSelector()
    poll.register(server, selectors.EVENT_READ)
    poll.register(browser.pipe.reads, selectors.EVENT_READ)
    try:
        while True:
            for key, _ in poll.select():
                if key.fileobj is server:
                    serve(browser, server)
                else:
                    browser.pipe.read()
    except (Gone, BrokenPipeError):
        pass
    code = browser.process.wait()
    os._exit(code if code >= 0 else 128 - code)


main()
