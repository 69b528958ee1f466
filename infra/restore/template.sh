#!/bin/sh
# Writes template.yaml for a table that was restored outside of the stack: the functions, their statements, streams and
# outputs name that table, and the stack's own table is left out, so that the stack lets go of it and retains it.
#
#   infra/restore/template.sh TABLE_ARN STREAM_ARN > restored.yaml
set -eu
table=$1 stream=$2
sed -e '/^  Table:$/,/^$/d' \
    -e "s|!GetAtt Table\.StreamArn|$stream|" \
    -e "s|!GetAtt Table\.Arn|$table|" \
    -e "s|!Sub \${Table\.Arn}/|$table/|" \
    -e "s|\${Table}|${table##*:table/}|" \
    -e "s|!Ref Table\$|${table##*:table/}|" \
    "$(dirname "$0")/../../template.yaml"
