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
SONAME := libcors_engine.so.$(ABI)

# The standard library comes with what prints the traces of panics, which is larger than the engine. Where its
# source is there (rustup component add rust-src) it is built anew without that; the released compiler has to be
# told that it may. SMALL=no does without.
SOURCE := $(wildcard $(shell rustc --print sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml)
HOST := $(shell rustc -vV | sed -n 's/^host: //p')
SMALL ?= $(shell RUSTC_BOOTSTRAP=1 rustc -Zlocation-detail=none --print sysroot >/dev/null 2>&1 && echo $(if $(SOURCE),yes,no))
BUILT := $(TARGET_DIR)/capi
# What a panic needs to unwind is shorter for functions that keep the frame pointer.
FRAMES := -Cforce-frame-pointers=yes
ifeq ($(SMALL),yes)
SMALL_STD := RUSTC_BOOTSTRAP=1 RUSTFLAGS="$(RUSTFLAGS) $(FRAMES) -Zlocation-detail=none -Zfmt-debug=none"
SMALL_STD_FLAGS := -Zbuild-std=std,panic_unwind -Zbuild-std-features=panic-unwind,optimize_for_size --target $(HOST)
MADE := $(TARGET_DIR)/$(HOST)/capi
else
SMALL_STD := RUSTFLAGS="$(RUSTFLAGS) $(FRAMES)"
MADE := $(BUILT)
endif

# What a program that links the static library has to link as well; tests/c/run holds it against rustc.
STATIC_LIBS := -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc

.PHONY: all install header

all:
	$(SMALL_STD) $(CARGO) rustc --manifest-path bindings/c/Cargo.toml --locked --target-dir $(TARGET_DIR) --profile capi \
	    $(SMALL_STD_FLAGS) -- -C link-arg=-Wl,-soname,$(SONAME) \
	    -C link-arg=-Wl,-z,noseparate-code --print native-static-libs
	mkdir -p $(BUILT)
	# Without the arithmetic that C compilers bring themselves; in a program it would stand in for theirs. The archive
	# is put in its place whole: another make may be reading it.
	aside=$$(mktemp -d $(BUILT)/aside.XXXXXX) && cp $(MADE)/libcors_engine.a $$aside/ && \
	    $(AR) d $$aside/libcors_engine.a $$($(AR) t $$aside/libcors_engine.a | grep compiler_builtins) && \
	    mv -f $$aside/libcors_engine.a $(BUILT)/ && rmdir $$aside
	[ $(MADE) = $(BUILT) ] || ln -f $(MADE)/libcors_engine.so $(BUILT)/

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
