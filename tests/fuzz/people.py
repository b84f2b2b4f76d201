"""Who asks: hooks for Schemathesis that give every request a caller, and real ids to half of the paths.

A caller whose session has ended (the fuzzer signs people out, too) is replaced by a newcomer, in a company of their own,
so that nothing the fuzzer did to one can stop it.
"""

import atexit
import itertools
import os
import random
import re
import time

import requests
import schemathesis

BASE = os.environ["VOXGATE_FUZZ_BASE"]
ROLE = os.environ["VOXGATE_FUZZ_ROLE"]
PASSWORD = "Winter-Garden-72-Lamps"
# Less than a step-up proof lives.
FRESH_SECONDS = 120

http = requests.Session()
numbers = itertools.count(1)
dice = random.Random(os.environ.get("VOXGATE_FUZZ_SEED"))


def call(method, path, token=None, **more):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = http.request(method, BASE + path, headers=headers, timeout=30, **more)
    answer.raise_for_status()
    return answer.json() if answer.content else {}


def founded():
    """A new company's Admin."""
    name = f"{ROLE}-{os.getpid()}-{next(numbers)}"
    email = f"admin@{name}.example"
    body = {"company_name": name, "company_slug": name, "full_name": "Ada Admin", "email": email, "password": PASSWORD}
    return {"email": email, "domain": f"{name}.example", **call("POST", "/api/auth/register", json=body)}


def joined(admin, role):
    """A person of this role who was invited by `admin` and followed the mail."""
    email = f"{role}{next(numbers)}@{admin['domain']}"
    call("POST", "/api/invitations", admin["access_token"], json={"email": email, "role": role})
    for _ in range(600):
        mails = call("GET", f"/dev/mail.json?to={email}")["items"]
        token = re.search(r"token=([\w-]+)", mails[-1]["text"]) if mails else None
        if token:
            body = {"token": token[1], "full_name": "Uma User", "password": PASSWORD}
            return {"email": email, **call("POST", "/api/invitations/accept", json=body)}
        time.sleep(0.05)
    raise RuntimeError("no invitation came by mail")


def ids(admin):
    """Ids of a company: people, sessions, an invitation."""
    token = admin["access_token"]
    invited = call("POST", "/api/invitations", token, json={"email": f"later@{admin['domain']}", "role": "user"})
    session = call("GET", "/api/auth/session", token)["session_id"]
    people = [person["id"] for person in call("GET", "/api/users", token)["items"]]
    return [*people, session, invited["id"]]


class Caller:
    """The one in whose name everything is asked, and the ids they try."""

    def __init__(self):
        admin = founded()
        colleague = joined(admin, "user")
        other = founded()
        self.ids = ids(admin) + ids(other) + [colleague["user"]["id"]]
        person = admin if ROLE in ("admin", "nobody") else joined(admin, ROLE)
        self.token = None if ROLE == "nobody" else person["access_token"]
        self.since = time.monotonic()
        self.ended = False

    def is_usable(self):
        return self.token is None or not (self.ended or time.monotonic() - self.since > FRESH_SECONDS)


caller = None
tally = {"passed": 0, "refused": 0}


@atexit.register
def write_tally():
    """A run whose every request was refused has looked at nothing but the guard."""
    with open(os.environ.get("VOXGATE_FUZZ_TALLY", os.devnull), "w") as file:
        file.write(f"{tally['passed']} {tally['refused']}\n")


def present():
    global caller
    if caller is None or not caller.is_usable():
        caller = Caller()
    return caller


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the ids exist: in the caller's company, or in another."""
    if not path_parameters:
        return path_parameters
    known = present().ids
    swap = lambda value: dice.choice(known) if isinstance(value, str) and dice.random() < 0.5 else value
    return {name: swap(value) if name.endswith("id") else value for name, value in path_parameters.items()}


def sensible(name):
    """What somebody would write into a field of this name; a schema says only that it is a text."""
    number = next(numbers)
    known = {
        "email": f"person{number}@fuzz.example",
        "company_name": f"Company {number}",
        "company_slug": f"fuzz-{os.getpid()}-{number}",
        "full_name": "Uma User",
        "name": f"Company {number}",
        "password": PASSWORD,
        "current_password": PASSWORD,
        "new_password": PASSWORD,
    }
    return known.get(name)


def make_sensible(case):
    """Half of the bodies that fit their schema are made such that they are not refused at the first look."""
    fits = case.meta is not None and case.meta.generation.mode.is_positive
    if not fits or not isinstance(case.body, dict) or dice.random() < 0.5:
        return
    for name, value in case.body.items():
        if isinstance(value, str) and sensible(name):
            case.body[name] = sensible(name)


@schemathesis.hook
def before_call(context, case, kwargs):
    make_sensible(case)
    token = present().token
    if token:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def after_call(context, case, response):
    tally["passed" if response.status_code < 400 else "refused"] += 1
    if response.status_code == 401 and caller is not None:
        code = response.content
        caller.ended |= b'"session_revoked"' in code or b'"rights_changed"' in code or b'"unauthenticated"' in code


@schemathesis.check
def refusals_are_problems(context, response, case):
    """Whatever is refused says so as RFC 9457, and 429 and 503 say when to come again."""
    if response.status_code < 400:
        return
    content_type = response.headers.get("content-type", [""])[0]
    assert content_type == "application/problem+json", f"{response.status_code} as {content_type!r}"
    problem = response.json()
    assert problem["status"] == response.status_code and problem["code"] and problem["instance"], problem
    if response.status_code in (429, 503):
        assert "retry-after" in response.headers, "no Retry-After"
