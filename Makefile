# Two commands a newcomer needs; everything else is `cargo xtask --help`.
.DEFAULT_GOAL := help
.PHONY: help run test

help:
	@echo "make run    installs what is missing, builds Tracetab and starts it; Ctrl-C stops it"
	@echo "make test   installs what is missing, runs every test, browser tests included"

run:
	@./install run
	@exec cargo xtask run

test:
	@./install test
	@exec cargo xtask test
