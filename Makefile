# Everything a newcomer needs. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test test-rust test-browser lint fmt bench fuzz release clean needs

CARGO ?= cargo
FUZZ_SECONDS ?= 120
BROWSER_TESTS := tests/browser

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

needs:
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing. Install it (rustup.rs, or your distribution's cargo of 1.95 or later) and run this again."; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing (SQLite is built from source). On Debian: apt-get install build-essential"; exit 1; }

run: needs ## Run everything on this machine, no account needed: http://127.0.0.1:8080
	$(CARGO) run --package rapport -- demo

test: test-rust test-browser ## Run every test

test-rust: needs
	$(CARGO) test --workspace --locked

# The browser tests drive the pages of `rapport demo` in Chromium.
test-browser: needs
	@if ! command -v chromium >/dev/null; then \
		if [ -n "$$CI" ]; then echo "chromium is missing, and this is CI: the browser tests must run."; exit 1; fi; \
		echo "SKIPPED: the browser tests. They need Chromium (on Debian: apt-get install chromium)."; \
	elif ! command -v npm >/dev/null; then \
		if [ -n "$$CI" ]; then echo "npm is missing, and this is CI: the browser tests must run."; exit 1; fi; \
		echo "SKIPPED: the browser tests. They need Node.js 20 or later with npm (on Debian: apt-get install nodejs npm)."; \
	else \
		$(CARGO) build --package rapport --locked && \
		cd $(BROWSER_TESTS) && npm ci --no-audit --no-fund --silent && npm test; \
	fi

lint: needs ## Check format, lints and licences
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- --deny warnings
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny --offline check licenses bans sources; \
	else echo "SKIPPED: cargo deny. Install it with: cargo install --locked cargo-deny"; fi

fmt: ## Format the code
	$(CARGO) fmt --all

release: needs ## Build the release binary: target/release/rapport
	$(CARGO) build --package rapport --release --locked

bench: release ## Measure the release binary (needs the load generator, see docs/performance.md)
	bench/run

fuzz: needs ## Fuzz every parser of foreign bytes, FUZZ_SECONDS each (120)
	fuzz/run $(FUZZ_SECONDS)

clean: ## Remove what was built
	$(CARGO) clean
	rm -rf $(BROWSER_TESTS)/node_modules
