# The C interface as libraries, and their installation: docs/c-api.md.
#
#   make                          builds target/capi/libcors_engine.so and .a
#   make install PREFIX=/usr      installs header, libraries, pkg-config and CMake files (DESTDIR is honoured)
#   make header                   writes include/cors_engine.h anew from src/capi

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
CARGO ?= cargo
INSTALL ?= install
STRIP ?= strip
CBINDGEN ?= cbindgen

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
ABI := $(shell sed -n 's/^\#define CORS_ENGINE_ABI //p' include/cors_engine.h)
TARGET_DIR ?= target
BUILT := $(TARGET_DIR)/capi
SONAME := libcors_engine.so.$(ABI)

# What a program that links the static library has to link as well; tests/c/run holds it against rustc.
STATIC_LIBS := -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc

.PHONY: all install header

all:
	$(CARGO) rustc --target-dir $(TARGET_DIR) --lib --profile capi --no-default-features --features capi \
	    --crate-type cdylib,staticlib -- -C link-arg=-Wl,-soname,$(SONAME)

install: all
	$(INSTALL) -d $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(LIBDIR)/cmake/cors_engine
	$(INSTALL) -m 644 include/cors_engine.h $(DESTDIR)$(INCLUDEDIR)/cors_engine.h
	$(INSTALL) -m 644 $(BUILT)/libcors_engine.a $(DESTDIR)$(LIBDIR)/libcors_engine.a
	$(INSTALL) -m 755 $(BUILT)/libcors_engine.so $(DESTDIR)$(LIBDIR)/libcors_engine.so.$(ABI).$(VERSION)
	$(STRIP) $(DESTDIR)$(LIBDIR)/libcors_engine.so.$(ABI).$(VERSION)
	ln -sf libcors_engine.so.$(ABI).$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libcors_engine.so
	for file in cors_engine.pc cors_engine-config.cmake cors_engine-config-version.cmake; do \
	    sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	        -e 's|@VERSION@|$(VERSION)|' -e 's|@STATIC_LIBS@|$(STATIC_LIBS)|' \
	        include/$$file.in > $(BUILT)/$$file || exit 1; \
	done
	$(INSTALL) -m 644 $(BUILT)/cors_engine.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	$(INSTALL) -m 644 $(BUILT)/cors_engine-config.cmake $(BUILT)/cors_engine-config-version.cmake \
	    $(DESTDIR)$(LIBDIR)/cmake/cors_engine/

header:
	$(CBINDGEN) --quiet --config cbindgen.toml --output include/cors_engine.h src/capi/mod.rs
