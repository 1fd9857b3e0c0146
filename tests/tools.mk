# A browser, a PostgreSQL server and gettext, installed where this account may.
APT_TOOLS = $(if $(shell command -v chromium),,chromium) \
  $(if $(wildcard /usr/lib/postgresql/*/bin/initdb)$(shell command -v initdb),,postgresql) \
  $(if $(shell command -v msgfmt),,gettext)

# The driver inside the playwright package wants libatomic, which a bare Debian lacks; another Node does not.
BROWSER_ENV = PLAYWRIGHT_NODEJS_PATH="$(NODE_BIN)/node"

.PHONY: tools
tools: .venv/.dev.ok
	@missing="$(strip $(APT_TOOLS))"
	[ -n "$$missing" ] || exit 0
	if [ "$$(id -u)" = 0 ]; then sudo=
	elif sudo -n true 2>/dev/null; then sudo=sudo
	else
	  echo "The tests need packages that this account may not install. Run this once:" >&2
	  echo "  sudo apt-get install -y --no-install-recommends $$missing" >&2
	  exit 1
	fi
	echo "Installing for the tests: $$missing"
	# Without this line Debian starts a database server of its own, which nobody needs here.
	$$sudo mkdir -p /etc/postgresql-common
	grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf \
	  || echo 'create_main_cluster = false' | $$sudo tee -a /etc/postgresql-common/createcluster.conf >/dev/null
	$$sudo apt-get -qq update
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null
