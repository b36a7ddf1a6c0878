#!/bin/sh
# Ask machines which mode and endpoint hold there, and mark those that are wrong.
#   audit.sh https://usage.example.org host-1 host-2 …      every host sends there, or nowhere
#   audit.sh off host-1 …                                   every host is off
# One line a host: "ok" or "WRONG", mode, endpoint, what decided. Exits with 1 if a host is wrong or does not answer.
# ASK is the command that reaches a host, `ssh` by default.
set -u
[ $# -ge 2 ] || { echo "usage: audit.sh EXPECTED HOST..." >&2; exit 2; }
expected=$1
shift
wrong=0
for host in "$@"; do
    status=$(${ASK:-ssh} "$host" mlflow-usage status --json) || status=
    line=$(printf '%s' "$status" | python3 -c '
import json, sys
try:
    found = json.load(sys.stdin)
except ValueError:
    sys.exit("WRONG no answer")
expected = sys.argv[1]
right = found["mode"] == "off" or (expected != "off" and found["endpoint"] in (expected, "none"))
invalid = [policy["path"] for policy in found["policies"] if policy["problem"]]
text = " ".join([found["mode"], found["endpoint"], "by", found["decided_by"], *(f"INVALID {path}" for path in invalid)])
print("ok" if right and not invalid else "WRONG", text)
sys.exit(not right or bool(invalid))
' "$expected" 2>&1) || wrong=1
    printf '%s\t%s\n' "$host" "$line"
done
exit $wrong
