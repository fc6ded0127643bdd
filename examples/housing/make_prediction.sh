#!/bin/sh
# Asks a running service for predictions and prints its JSON answer.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

usage() {
    cat <<'TEXT'
Usage: make_prediction.sh [--aws | --gcp | --azure] [OPTION]... [URL]

Posts sample_request.json to URL/predict (default URL: http://localhost:8080)
and prints the JSON answer. Exits 0 only when the answer is a 200.

Credentials (none by default):
  --aws            sign the request (SigV4) with AWS_ACCESS_KEY_ID,
                   AWS_SECRET_ACCESS_KEY and, if set, AWS_SESSION_TOKEN; export
                   them with: eval "$(aws configure export-credentials --format env)"
  --gcp            send the identity token of "gcloud auth print-identity-token"
  --azure          send an access token of "az account get-access-token" for
                   the resource named by AZURE_RESOURCE, such as api://my-app-id

Options:
  --data FILE      post FILE instead of sample_request.json
  --service NAME   with --aws: lambda or execute-api; otherwise told by the
                   host of URL, execute-api when it does not tell
  -h, --help       show this help

With --aws the region is the one in the host of URL, or else AWS_REGION.
A service that is starting up is retried for up to a minute.
TEXT
}

fail() {
    printf 'make_prediction.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

# Prints a line of a curl configuration file. Passed by standard input, secrets
# do not show up in the list of processes.
curl_option() {
    printf '%s = "%s"\n' "$1" "$(printf '%s' "$2" | sed 's/[\\"]/\\&/g')"
}

aws_options() {
    host=${url#*://}
    host=${host%%[/:?]*}
    case $host in
        *.lambda-url.*.on.aws)
            host_service=lambda
            host_region=${host#*.lambda-url.}
            host_region=${host_region%%.*}
            ;;
        *.execute-api.*.amazonaws.com | *.execute-api.*.amazonaws.com.cn)
            host_service=execute-api
            host_region=${host#*.execute-api.}
            host_region=${host_region%%.*}
            ;;
        *)
            host_service=execute-api
            host_region=
            ;;
    esac
    region=${host_region:-${AWS_REGION:-}}
    [ -n "$region" ] || fail "$host does not tell its region: set AWS_REGION"
    [ -n "${AWS_ACCESS_KEY_ID:-}" ] && [ -n "${AWS_SECRET_ACCESS_KEY:-}" ] ||
        fail 'no AWS credentials: export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
    curl --help all | grep -e --aws-sigv4 >/dev/null ||
        fail 'this curl cannot sign requests: 7.75 or later is needed'

    curl_option aws-sigv4 "aws:amz:$region:${service:-$host_service}"
    curl_option user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"
    if [ -n "${AWS_SESSION_TOKEN:-}" ]; then
        curl_option header "x-amz-security-token: $AWS_SESSION_TOKEN"
    fi
}

gcp_options() {
    token=$(gcloud auth print-identity-token) || fail 'gcloud gave no identity token'
    curl_option header "Authorization: Bearer $token"
}

azure_options() {
    [ -n "${AZURE_RESOURCE:-}" ] || fail 'set AZURE_RESOURCE to the application the token is for'
    token=$(az account get-access-token --resource "$AZURE_RESOURCE" \
        --query accessToken --output tsv) || fail 'az gave no access token'
    curl_option header "Authorization: Bearer $token"
}

url=
mode=none
service=
data=$here/sample_request.json

while [ $# -gt 0 ]; do
    case $1 in
        --aws | --gcp | --azure)
            [ "$mode" = none ] || fail 'choose one of --aws, --gcp, --azure' 2
            mode=${1#--}
            ;;
        --data | --service)
            [ $# -ge 2 ] || fail "$1 needs a value" 2
            if [ "$1" = --data ]; then data=$2; else service=$2; fi
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        -*) fail "unknown option $1, see --help" 2 ;;
        *)
            [ -z "$url" ] || fail 'only one URL, see --help' 2
            url=$1
            ;;
    esac
    shift
done

url=${url:-http://localhost:8080}
url=${url%/}
case $service in '' | lambda | execute-api) ;; *) fail '--service is lambda or execute-api' 2 ;; esac
[ -r "$data" ] || fail "cannot read $data"

case $mode in
    aws) credentials=$(aws_options) ;;
    gcp) credentials=$(gcp_options) ;;
    azure) credentials=$(azure_options) ;;
    none) credentials= ;;
esac

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Without --fail, curl retries what may pass (no connection, time-outs, 429,
# 5xx) but not what will not, such as a 400 or a 403.
status=$(printf '%s\n' "$credentials" | curl --config - \
    --silent --show-error \
    --max-time 30 --retry 8 --retry-all-errors --retry-delay 2 --retry-max-time 60 \
    --header 'Content-Type: application/json' \
    --data-binary "@$data" \
    --output "$answer" --write-out '%{http_code}' \
    "$url/predict") || fail "no answer from $url/predict"

if [ "$status" != 200 ]; then
    cat "$answer" >&2
    fail "$url/predict answered $status"
fi
cat "$answer"
