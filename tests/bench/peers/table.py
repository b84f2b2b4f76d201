#!/usr/bin/env python3
"""Makes Markdown of the lines that run.sh collected. usage: table.py RAW"""
import collections
import re
import statistics
import sys

NAMES = {
    "voxgate": "**Voxgate**",
    "limit": "prototype (ceiling)",
    "seed": "FastAPI stack",
    "fau": "fastapi-users",
    "ba": "better-auth",
    "aa": "django-allauth",
}
# The default cost of each, as the kit starts it.
DEFAULTS = {"voxgate": "argon2id 19456/2/1", "seed": "bcrypt 12", "fau": "argon2id 65536/3/4", "ba": "scrypt 16384/16/1", "aa": "PBKDF2 1,000,000"}
# What, in which runs, at which cost, whose percentiles, and by how much Voxgate shall be faster than whom.
LOGIN = {"ba": 2, "fau": 2.5}
MANY = ("seed", "fau", "ba", "aa")
SECTIONS = [
    ("Sign-ins with a password, 8 clients, equal cost of hashing (argon2id 19456/2/1)", "login", "owasp", "login", LOGIN),
    ("Session checks, 8 clients", "me", "owasp", None, dict.fromkeys(MANY, 35)),
    ("Renewals of tokens, 8 clients", "refresh", "owasp", None, dict.fromkeys(MANY, 7)),
    ("Second steps by themselves, 8 clients (the password was checked before)", "step", "owasp", None, dict.fromkeys(MANY, 5)),
    ("Whole sign-ins with password and authenticator, 8 clients, equal cost of hashing; percentiles of the second step", "mfa", "owasp", "totp", {}),
    ("Sign-ins with a password, 8 clients, each with its default cost", "login", "default", "login", {}),
    ("Whole sign-ins with password and authenticator, 8 clients, each with its default cost; percentiles of the second step", "mfa", "default", "totp", {}),
    ("Sign-ins, 64 in flight, equal cost of hashing", "logins64", "owasp", "login", {}),
    ("Session checks of 4 clients alone", "alone", "owasp", None, {}),
    ("Session checks of 4 clients while 64 sign-ins are in flight (CPU is that of both)", "storm", "owasp", None, {}),
]
RUN = re.compile(r"(\w+)/(\w+)@(\w+)\s+c=\d+\s+([\d.]+) flow/s\s+err=(\d+)")
STEP = re.compile(r"\[(\w+) p50=([\d.]+)ms p99=([\d.]+)ms")
COLD = re.compile(r"(voxgate|seed|fau|ba x2|ba x1|aa|limit)\s+cold start min=(\S+?)ms median=(\S+?)ms\s+cpu=([\d.]+)s\s+idle rss=(\d+)MiB pss=(\d+)MiB")


def number(text, pattern):
    found = re.search(pattern, text)
    return float(found[1]) if found else float("nan")


def read(path):
    """Runs by what, cost and who; starts by who; complaints."""
    runs, starts, complaints = collections.defaultdict(list), [], []
    with open(path) as file:
        for line in file:
            if found := RUN.search(line):
                who, what, cost, rate, errors = found.groups()
                runs[what, cost, who].append({
                    "rate": float(rate), "errors": int(errors), "cpu": number(line, r"cpu=([\d.]+)ms"),
                    "others": number(line, r"others=(\d+)%"), "peak": number(line, r"->(\d+)MiB"), "pss": number(line, r"pss=(\d+)MiB"),
                    "steps": {name: (float(p50), float(p99)) for name, p50, p99 in STEP.findall(line)},
                })
                if int(errors):
                    complaints.append(f"{who}: {errors} errors in {what} ({cost})")
            elif found := COLD.search(line):
                starts.append(found.groups())
            elif "first error" in line:
                complaints.append(line.strip())
    return runs, starts, complaints


def figures(some, step):
    """Medians of the runs; of CPU the least, as whatever else the machine does only adds to it."""
    seen = [run["steps"].get(step) or next(iter(run["steps"].values()), (float("nan"),) * 2) for run in some]
    return {
        "rate": statistics.median(run["rate"] for run in some),
        "p50": statistics.median(one[0] for one in seen), "p99": statistics.median(one[1] for one in seen),
        "cpu": min(run["cpu"] for run in some),
    }


def section(runs, title, what, cost, step, goals):
    rows = [(who, figures(runs[what, cost, who], step)) for who in NAMES if runs.get((what, cost, who))]
    if not rows:
        return
    ours = dict(rows).get("voxgate")
    print(f"\n### {title}\n\n| who | flows/s | p50 ms | p99 ms | CPU ms per flow | Voxgate is faster by | needs less CPU by | goal |\n|---|---|---|---|---|---|---|---|")
    for who, one in rows:
        name = NAMES[who] + (f", {DEFAULTS[who]}" if cost == "default" and who in DEFAULTS else "")
        ratios, goal = ["", ""], ""
        if ours and who != "voxgate":
            faster, lighter = ours["rate"] / one["rate"], one["cpu"] / ours["cpu"]
            ratios = [f"× {faster:.2f}", f"× {lighter:.2f}"]
            if who in goals:
                goal = f"≥ {goals[who]}: {'reached' if faster >= goals[who] else 'MISSED'}"
        print(f"| {name} | {one['rate']:,.1f} | {one['p50']:.2f} | {one['p99']:.2f} | {one['cpu']:.3f} | {ratios[0]} | {ratios[1]} | {goal} |")


def memory(runs, starts):
    if not starts:
        return
    print("\n### Start on an existing database, and memory\n\n| who | start ms (median) | CPU s of a start | idle RSS / PSS MiB | 64 sign-ins in flight, RSS / PSS MiB |\n|---|---|---|---|---|")
    for who, _, median, cpu, rss, pss in starts:
        loaded = [] if who == "ba x1" else runs.get(("logins64", "owasp", who.split()[0]), [])
        peak = f"{max(run['peak'] for run in loaded):.0f} / {max(run['pss'] for run in loaded):.0f}" if loaded else ""
        print(f"| {NAMES[who.split()[0]]}{', one process' if who == 'ba x1' else ''} | {median} | {cpu} | {rss} / {pss} | {peak} |")


def main():
    runs, starts, complaints = read(sys.argv[1])
    for one in SECTIONS:
        section(runs, *one)
    memory(runs, starts)
    worst = max((run["others"] for some in runs.values() for run in some), default=0)
    print(f"""
Notes:

- Medians of the runs, of CPU the least; CPU is that of all processes of the server and of PostgreSQL. In the worst run {worst:.0f} % of the
  machine went to something else{': distrust the rates and percentiles' if worst > 10 else ''}. Server, database and client share the machine.
- Voxgate has its default settings, but for the rates that one address of clients or one company would reach: they are lifted. Audit, row-level
  security, lockout counters and checks of devices are on. The peers have no limits of rates (their own are off where they have some).
- Everybody's people are written into the database with one hash. Voxgate's have signed in from the load's device before; they are all of
  one company.
- Session check is `GET /api/auth/session` (signature and revocation, no database) against each peer's own "who am I", which asks its database.
- Renewal rotates the token in Voxgate, the FastAPI stack and django-allauth; better-auth's is a new JWT for a session, without a write. fastapi-users
  has neither renewal nor authenticator, the prototype no authenticator. Voxgate's second steps are understated by what their client takes.""")
    for complaint in complaints:
        print(f"- **{complaint}**")
    print()


main()
