/**
 * What the build steps run. Every value comes in by the environment, which Cloud Build fills in; in a script it replaces nothing.
 */

/** Shell commands of the user, one after the other, until one fails. */
export function commandsScript(commands: readonly string[]): string {
  return ['#!/usr/bin/env bash', 'set -euo pipefail', ...commands, ''].join('\n');
}

/** Builds and pushes an image under the commit's tag, and leaves its digest for the next step. A commit that was built before is not built again. */
export const BUILD_SCRIPT = `#!/usr/bin/env bash
set -euo pipefail
if docker manifest inspect "$IMAGE:$COMMIT" >/dev/null 2>&1; then
  echo "$IMAGE:$COMMIT was built before"
  docker pull --quiet "$IMAGE:$COMMIT"
else
  docker build --tag "$IMAGE:$COMMIT" --label "org.opencontainers.image.revision=$COMMIT" "$CONTEXT"
  docker push "$IMAGE:$COMMIT"
fi
docker inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$IMAGE:$COMMIT" | grep "^$IMAGE@sha256:" | head -n 1 > "$WORKSPACE/image"
cat "$WORKSPACE/image"
`;

/** Asks the deploy trigger to bring the image into service. */
export const RELEASE_SCRIPT = `#!/usr/bin/env bash
set -euo pipefail
gcloud pubsub topics publish "$TOPIC" --attribute="image=$(cat "$WORKSPACE/image"),commit=$COMMIT"
`;

/** Makes a revision that gets no traffic and can be reached under a tag. */
export const DEPLOY_SCRIPT = `#!/usr/bin/env bash
set -euo pipefail
case "$IMAGE" in
  "$REPOSITORY"@sha256:*) ;;
  *) echo "refused: '$IMAGE' is not an image of $REPOSITORY" >&2; exit 1 ;;
esac
service() { gcloud run services "$@" --project="$PROJECT" --region="$REGION" --quiet; }
echo "commit $COMMIT, image $IMAGE"
service describe "$SERVICE" --format='value(spec.template.spec.containers[0].image)' > "$WORKSPACE/before"
# The tag is put on afterwards: with --tag gcloud names the revision in the template, and Terraform would fight over the name.
service update "$SERVICE" --image="$IMAGE" --no-traffic
revision=$(service describe "$SERVICE" --format='value(status.latestCreatedRevisionName)')
service update-traffic "$SERVICE" --update-tags="candidate=$revision"
echo "$revision" > "$WORKSPACE/revision"
`;

/** Asks the new revision for its health path, as somebody who may invoke it. */
export const SMOKE_SCRIPT = `#!/usr/bin/env bash
set -euo pipefail
describe() { gcloud run services describe "$SERVICE" --project="$PROJECT" --region="$REGION" --format="$1"; }
url=$(describe json | python3 -c 'import json, sys; print(next(t["url"] for t in json.load(sys.stdin)["status"]["traffic"] if t.get("tag") == "candidate"))')
audience=$(describe 'value(status.url)')
token=$(curl --silent --fail -H 'Metadata-Flavor: Google' "$METADATA/instance/service-accounts/default/identity?audience=$audience" ||
  gcloud auth print-identity-token --audiences="$audience")
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  status=$(curl --silent --output /dev/null --max-time 60 --write-out '%{http_code}' -H "Authorization: Bearer $token" "$url$HEALTH_PATH" || true)
  echo "$url$HEALTH_PATH answers $status"
  if [ "$status" = 200 ]; then exit 0; fi
  sleep "$PAUSE"
done
echo "the new revision is not healthy; the old one keeps all traffic" >&2
exit 1
`;

/** Takes traffic over to the new revision: a part first and the rest after the interval, if there is one; back on errors. */
export const TRAFFIC_SCRIPT = `#!/usr/bin/env python3
import json, os, signal, subprocess, sys, time, urllib.parse, urllib.request

env = os.environ
revision = open(env["WORKSPACE"] + "/revision").read().strip()
percent, interval, most_errors = (int(env[k]) for k in ("PERCENT", "INTERVAL", "MOST_ERRORS"))
pause, late = int(env["PAUSE"]), int(env["METRIC_DELAY"])
if open(env["WORKSPACE"] + "/before").read().startswith(env["PLACEHOLDER"]):
    percent = 0  # the first version: there is nothing to compare it with
signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))


def gcloud(*args):
    return subprocess.run(["gcloud", *args], check=True, stdout=subprocess.PIPE, text=True).stdout


def service(*args):
    return gcloud("run", "services", *args, env["SERVICE"], "--project=" + env["PROJECT"], "--region=" + env["REGION"], "--quiet")


def traffic():
    return json.loads(service("describe", "--format=json"))["status"].get("traffic", [])


def superseded():
    return not any(t.get("tag") == "candidate" and t["revisionName"] == revision for t in traffic())


def requests(since):
    """Requests that the revision answered, and those of them that failed."""
    stamp = lambda t: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))
    query = urllib.parse.urlencode({
        "filter": 'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision"'
                  f' AND resource.labels.service_name="{env["SERVICE"]}" AND resource.labels.revision_name="{revision}"',
        "interval.startTime": stamp(since), "interval.endTime": stamp(time.time()),
        "aggregation.alignmentPeriod": "60s", "aggregation.perSeriesAligner": "ALIGN_DELTA",
        "aggregation.crossSeriesReducer": "REDUCE_SUM", "aggregation.groupByFields": "metric.labels.response_code_class",
    })
    request = urllib.request.Request(env["MONITORING"] + "/v3/projects/" + env["PROJECT"] + "/timeSeries?" + query,
                                     headers={"Authorization": "Bearer " + gcloud("auth", "print-access-token").strip()})
    series = json.load(urllib.request.urlopen(request, timeout=60)).get("timeSeries", [])
    count = lambda s: sum(int(p["value"]["int64Value"]) for p in s["points"])
    return (sum(map(count, series)),
            sum(count(s) for s in series if s["metric"].get("labels", {}).get("response_code_class") == "5xx"))


def watch():
    start = time.time()
    end = start + interval + late  # what a request did shows in the metric minutes later
    while True:
        last = time.time() >= end
        if superseded():
            print("a newer revision is being deployed; leaving the traffic to that")
            sys.exit(0)
        try:
            total, failed = requests(start)
            print(f"{failed} of {total} requests failed", flush=True)
            if failed * 100 > total * most_errors:
                raise SystemExit(f"more than {most_errors} % of the requests failed")
        except OSError as e:
            if last:
                raise
            print(f"no answer from Cloud Monitoring: {e}", flush=True)
        if last:
            return
        time.sleep(min(pause, max(end - time.time(), 1)))


others = [t for t in traffic() if t.get("percent") and t["revisionName"] != revision]
previous = max(others, key=lambda t: t["percent"])["revisionName"] if others else None
if percent and previous:
    try:
        service("update-traffic", f"--to-revisions={revision}={percent},{previous}={100 - percent}")
        watch()
    except BaseException as e:
        if not (isinstance(e, SystemExit) and e.code == 0):
            print(f"going back to {previous}: {e}", file=sys.stderr, flush=True)
            service("update-traffic", f"--to-revisions={previous}=100")
        raise
if superseded():
    print("a newer revision is being deployed; leaving the traffic to that")
else:
    # Not by name: a change of the template by Terraform then takes effect at once.
    service("update-traffic", "--to-latest")
`;
