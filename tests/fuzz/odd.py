"""Requests no schema describes: wrong and missing content types, bodies that are no JSON, too deep or too large, fields that
come twice, and headers of odd shapes. Whatever comes back is documented for its operation, is a problem, and is no 5xx."""

import sys

import requests

import people

DOCUMENT = people.call("GET", "/api/openapi.json")
BIG = 2 * 1024 * 1024
PLAIN = {"content-type": "application/json"}


def odd_bodies():
    yield "no content type", {}, b"{}"
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        yield kind, {"content-type": kind}, b"{}"
    yield "another charset", {"content-type": "application/json; charset=utf-16"}, '{"email":"a"}'.encode("utf-16")
    yield "an unreadable content type", {"content-type": ";;;"}, b"{}"
    yield "nothing", PLAIN, b""
    yield "no JSON", PLAIN, b"{"
    yield "no UTF-8", PLAIN, b'{"email":"\xff\xfe"}'
    yield "a lone surrogate", PLAIN, b'{"email":"\\ud800"}'
    yield "a NUL", PLAIN, b'{"email":"\\u0000","password":"\\u0000","token":"\\u0000"}'
    yield "a field twice", PLAIN, b'{"email":"a@b.example","email":"c@d.example"}'
    yield "an unknown field", PLAIN, b'{"surprise":1}'
    yield "a great number", PLAIN, b'{"email":1e400,"limit":' + b"9" * 400 + b"}"
    yield "too deep", PLAIN, b"[" * 20_000 + b"]" * 20_000
    yield "too deep in objects", PLAIN, b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    yield "too large", PLAIN, b'{"email":"' + b"a" * BIG + b'"}'
    for value in (b"null", b"true", b"7", b'"text"', b"[]", b"[{}]"):
        yield f"{value.decode()} instead of an object", PLAIN, value


ODD_HEADERS = [
    {"idempotency-key": "x" * 5000},
    {"x-voxgate-client": "web"},
    {"x-voxgate-client": "web", "origin": "null"},
    {"origin": "https://evil.example"},
    {"cookie": "voxgate_access=1; voxgate_access=2"},
    {"authorization": "Bearer"},
    {"authorization": "Basic YTpi"},
    {"authorization": "Bearer " + "a." * 3000},
    {"x-request-id": "<script>" * 40},
    {"user-agent": "\u00fc" * 3000},
    {"accept": "image/png"},
    {"accept-encoding": "br;q=2, nonsense"},
    {"x-forwarded-for": "garbage, ::1, 999.1.1.1"},
]


def complaint(operation, answer):
    """What is wrong with an answer, if something is."""
    status, kind = answer.status_code, answer.headers.get("content-type", "")
    documented = operation["responses"].get(str(status))
    if status >= 500:
        return "a server error"
    if documented is None:
        return "a status nobody documented"
    kinds = list(documented.get("content", {}))
    if answer.content and kinds and kind.split(";")[0] not in kinds:
        return f"{kind} instead of {kinds}"
    if answer.content and not kinds:
        return "a body where none is documented"
    if status >= 400 and answer.json().get("status") != status:
        return "no problem in the sense of RFC 9457"
    return None


def operations():
    for path, item in DOCUMENT["paths"].items():
        if path.startswith("/api/") and path != "/api/live":
            for method, operation in item.items():
                # Without a token the guard alone would be asked again and again.
                if people.ROLE != "nobody" or not operation.get("security"):
                    yield method.upper(), path, operation


def ask(method, path, headers, body):
    """One request; a server that hangs up on what is too large has answered, if it said why before."""
    caller = people.present()
    some_id = people.dice.choice(caller.ids)
    path = "/".join(some_id if part.startswith("{") else part for part in path.split("/"))
    token = {"authorization": f"Bearer {caller.token}"} if caller.token else {}
    sent = {name: value.encode() if isinstance(value, str) else value for name, value in {**token, **headers}.items()}
    request = requests.Request(method, people.BASE + path, headers=sent, data=body).prepare()
    if "content-type" not in headers:
        request.headers.pop("content-type", None)
    answer = people.http.send(request, timeout=30, allow_redirects=False)
    people.after_call(None, None, answer)
    return answer


def main():
    asked, wrong = 0, []
    for method, path, operation in operations():
        oddities = [(f"header {header}", {**header, **PLAIN}, b"{}" if method != "GET" else None) for header in ODD_HEADERS]
        if "requestBody" in operation:
            oddities += list(odd_bodies())
        for what, headers, body in oddities:
            asked += 1
            try:
                answer = ask(method, path, headers, body)
            except requests.RequestException as error:
                wrong.append(f"{method} {path} with {what[:80]}: {type(error).__name__}")
                continue
            found = complaint(operation, answer)
            if found:
                wrong.append(f"{method} {path} with {what[:80]}: {found}: {answer.status_code} {answer.text[:200]}")
    print(f"odd requests as {people.ROLE}: {asked} asked, {len(wrong)} answered wrongly")
    print("\n".join(wrong))
    return 1 if wrong or asked < 200 else 0


if __name__ == "__main__":
    sys.exit(main())
