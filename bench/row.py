"""Prints one row of the table of `bench/run` from the load generator's JSON."""

import json
import sys

COLUMNS = (
    ("conversations/s", lambda r: f"{r['conversations_per_s']:.0f}"),
    ("ack p50/p99 ms", lambda r: f"{r['ack_ms']['p50']:.1f} / {r['ack_ms']['p99']:.1f}"),
    ("end to end p50/p99 ms", lambda r: f"{r['e2e_ms']['p50']:.1f} / {r['e2e_ms']['p99']:.1f}"),
    ("wrong", lambda r: str(r["wrong_replies"])),
    ("lost", lambda r: str(r["lost"])),
    ("doubled", lambda r: str(r["duplicate_replies"])),
    ("memory idle/peak MiB", lambda r: f"{r['rss_idle_mib'] or 0:.0f} / {r['rss_peak_mib'] or 0:.0f}"),
)

if sys.argv[1] == "--head":
    print("| run | " + " | ".join(name for name, _ in COLUMNS) + " |")
    print("| --- |" + " --- |" * len(COLUMNS))
    sys.exit()

name, path = sys.argv[1:]
try:
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
except (OSError, ValueError):
    print(f"| {name} | the load generator gave no result |")
    sys.exit(1)
print(f"| {name} | " + " | ".join(show(report) for _, show in COLUMNS) + " |")
