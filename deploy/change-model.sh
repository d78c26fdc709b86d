#!/usr/bin/env bash
# change-model.sh next|previous: puts a newly trained model into use, or goes back, one Rasa after the other. While one
# is starting, the proxy gives its messages to the other; no turn is lost.
set -euo pipefail
cd "$(dirname "$0")"
compose=(docker compose --file compose.yaml)
which=${1:-}
if [ "$which" != next ] && [ "$which" != previous ]; then
  echo "usage: deploy/change-model.sh next|previous" >&2
  exit 2
fi
# The model is changed by renaming: a Rasa that starts meanwhile reads the one or the other, never half of it.
"${compose[@]}" --profile train run --rm --no-deps --entrypoint sh train -c "
  set -e
  cd /models
  test -f $which.tar.gz || { echo 'There is no $which.tar.gz among the models.' >&2; exit 1; }
  mv $which.tar.gz coming.tar.gz
  if [ -f assistant.tar.gz ]; then cp assistant.tar.gz previous.tmp && mv previous.tmp previous.tar.gz; fi
  mv coming.tar.gz assistant.tar.gz"
for service in rasa-1 rasa-2; do
  "${compose[@]}" up --detach --no-deps --force-recreate --wait --wait-timeout 180 "$service" || {
    echo "$service did not become ready with this model. Go back: deploy/change-model.sh previous" >&2
    exit 1
  }
  # A Rasa that cannot load the model takes previous.tar.gz (nlu/previous_model.py), and is healthy with that.
  "${compose[@]}" exec -T "$service" python -c "
import json, sys, urllib.request
with urllib.request.urlopen('http://127.0.0.1:5005/webhooks/inner/', timeout=5) as answer:
    sys.exit(json.load(answer)['model'] != 'assistant.tar.gz')" || {
    echo "$service cannot load this model and answers with the one before it. Go back: deploy/change-model.sh previous" >&2
    exit 1
  }
done
echo "Both Rasas run the $which model. If it is worse: deploy/change-model.sh previous"
