#!/bin/sh
# Sends a document to Cloud Licensing, signed to the Standard Webhooks specification.
#
#   ERP_KEY=whsec_… ./send.sh https://licenses.example.com/v1/orders order.json
#
# Needs curl and openssl. The same document may be sent again: it answers the same and mails nothing.
set -eu
address=$1 document=$2
message=msg_$(openssl rand -hex 13)
now=$(date +%s)
key=$(printf %s "${ERP_KEY#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d "\n ")
signature=$({ printf '%s.%s.' "$message" "$now"; cat "$document"; } |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
curl --silent --show-error --fail-with-body "$address" \
    --header 'content-type: application/json' \
    --header "webhook-id: $message" \
    --header "webhook-timestamp: $now" \
    --header "webhook-signature: v1,$signature" \
    --data-binary "@$document"
