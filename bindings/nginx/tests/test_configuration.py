"""What `nginx -t` says: every mistake, with file, line and the word that is wrong."""

import unittest

from harness import Nginx

GOOD = "cors_policy app { origins https://app.example; }\n"


class ConfigurationTest(unittest.TestCase):
    maxDiff = None

    def check(self, http, files=None):
        nginx = Nginx("\n" + http, files=files)
        self.addCleanup(nginx.stop)
        good, text = nginx.check()
        self.folder = str(nginx.folder)
        # The first line of `http` is the eighth of the text that is inside http { }.
        self.first = (nginx.folder / "nginx.conf").read_text().splitlines().index(http.splitlines()[0]) + 1
        return good, text

    def accepts(self, http, files=None):
        good, text = self.check(http, files)
        self.assertTrue(good, text)
        return text

    def refuses(self, http, *expected, files=None):
        """Each expected mistake is a line number in `http`, or a file's name and a line, and texts."""
        good, text = self.check(http, files)
        self.assertFalse(good, text)
        lines = [line for line in text.splitlines() if "[emerg]" in line]
        self.assertEqual(len(lines), len(expected), text)
        for where, *words in expected:
            place = f"{self.folder}/nginx.conf:{self.first + where - 1}" if isinstance(where, int) else (
                f"{self.folder}/{where}")
            found = [line for line in lines if line.endswith(f" in {place}") and all(word in line for word in words)]
            self.assertEqual(len(found), 1, f"{place}: {words}\n{text}")
        return text


class Blocks(ConfigurationTest):
    def test_every_key(self):
        self.accepts("""cors_policy app {
            origins https://app.example "https://*.app.example";
            origins https://shop.example;
            null_origin off;
            credentials off;
            methods PUT;
            request_headers authorization;
            expose_headers x-request-id;
            max_age 600;
            timing_allow_origins https://app.example;
            preflight_status 200;
            refused_preflight bare;
            dangerous_reflect_any_origin_with_credentials false;
            dangerous_null_origin_with_credentials off;
            dangerous_insecure_origins_with_credentials off;
            dangerous_public_suffix_subdomains off;
        }""")

    def test_an_origin_with_a_slash(self):
        self.refuses("cors_policy app {\n origins https://app.example/;\n}",
                     (2, 'cors_policy "app"', 'origins "https://app.example/"', "(origin-not-serialized)"))

    def test_the_line_of_a_word_in_a_long_list(self):
        self.refuses("cors_policy app {\n origins\n  https://a.example\n  https://b.example/\n  https://c.example;\n}",
                     (4, '"https://b.example/"'))

    def test_the_line_of_a_word_that_is_part_of_others(self):
        self.refuses("cors_policy app {\n origins\n  https://b.example\n  b.example\n  https://b.example:1\n  ;\n}",
                     (4, '"b.example"', "(origin-invalid)"))

    def test_every_mistake_at_once(self):
        self.refuses(
            "cors_policy app {\n origins *;\n credentials on;\n methods TRACE PUT 'B D';\n request_headers cookie;\n"
            " expose_headers set-cookie;\n max_age 86401;\n}\n"
            "cors_policy other {\n origin https://a.example;\n}\nserver { cors nothing; }",
            (2, '"*"', "(any-origin-with-credentials)"),
            (4, '"TRACE"', "(method-forbidden)"),
            (4, '"B D"', "(method-invalid)"),
            (5, '"cookie"', "(request-header-forbidden)"),
            (6, '"set-cookie"', "(expose-header-forbidden)"),
            (7, '"86401"', "(max-age-out-of-range)"),
            (10, "origin ", "(unknown-key)"),
            (9, "(no-origins)"),
            (12, 'there is no cors_policy "nothing"'),
        )

    def test_a_key_that_is_nearly_one(self):
        self.refuses("cors_policy app {\n origins https://app.example;\n\n method PUT;\n}",
                     (4, "method ", "methods", "(unknown-key)"))

    def test_a_value_of_the_wrong_type(self):
        self.refuses("cors_policy app {\n origins https://app.example;\n credentials maybe;\n max_age 10m;\n}",
                     (3, "credentials", '"maybe"', "(wrong-type)"), (4, "max_age", '"10m"', "(wrong-type)"))

    def test_more_values_than_one(self):
        self.refuses("cors_policy app {\n origins https://app.example;\n max_age 1 2;\n}",
                     (3, "max_age", "one value, not 2"))

    def test_no_value(self):
        self.refuses("cors_policy app {\n origins https://app.example;\n methods;\n}", (3, '"methods" has no value'))

    def test_given_twice(self):
        self.refuses("cors_policy app {\n origins https://app.example;\n max_age 1;\n max_age 2;\n}",
                     (4, "max_age", "(duplicate-key)"))

    def test_an_empty_block(self):
        self.refuses("cors_policy app { }", (1, "(no-origins)"))

    def test_an_included_file(self):
        self.refuses(f"cors_policy app {{\n include origins.conf;\n}}",
                     ("origins.conf:2", '"app.example"'), files={"origins.conf": "origins\n app.example;\n"})

    def test_a_block_in_the_block(self):
        good, text = self.check("cors_policy app { origins { } }")
        self.assertFalse(good)
        self.assertIn('unexpected "{"', text)

    def test_what_is_risky_is_a_warning(self):
        text = self.accepts("cors_policy app {\n origins\n  https://a.example\n  https://*.b.example;\n credentials on;\n}")
        self.assertIn("[warn]", text)
        self.assertIn(f'origins[1] "https://*.b.example"', text)
        self.assertIn("(wide-pattern-with-credentials)", text)
        self.assertIn(f"nginx.conf:{self.first + 3}\n", text)

    def test_ten_thousand_origins(self):
        origins = "\n".join(f"https://{number}.example" for number in range(10_000))
        self.accepts(f"cors_policy app {{\n origins {origins};\n}}")
        self.refuses(f"cors_policy app {{\n origins\n{origins}\nhttps://bad.example/;\n}}",
                     (10_003, '"https://bad.example/"'))


class Names(ConfigurationTest):
    def test_a_policy_that_is_not_there(self):
        self.refuses("server {\n cors app;\n}", (2, 'there is no cors_policy "app"'))

    def test_a_policy_that_is_defined_below(self):
        self.accepts("server { cors app; }\n" + GOOD)

    def test_a_policy_that_is_defined_twice(self):
        self.refuses(GOOD + GOOD, (2, '"app" is already defined in', "nginx.conf:"))

    def test_names_that_mean_something_else(self):
        for name in ("off", "observe", '"a b"', '""', "a$b"):
            good, text = self.check(GOOD.replace("app {", name + " {"))
            self.assertFalse(good)
            self.assertIn("cannot be the name", text)


class Directives(ConfigurationTest):
    def test_everywhere(self):
        self.accepts(GOOD + """
            cors app; cors_audit on; cors_preflight pass; cors_log_level warn; cors_audit_log_level notice;
            cors_audit_credentials include; cors_audit_own_origin https://$host;
            server {
                cors off; cors_audit off; cors_preflight answer; cors_log_level off; cors_audit_log_level off;
                cors_audit_credentials from_request; cors_audit_own_origin "";
                location / { cors observe app; cors_audit on; cors_preflight pass; }
            }""")

    def refuses_with(self, http, message):
        good, text = self.check(http)
        self.assertFalse(good, text)
        self.assertIn(message, text)

    def test_in_if(self):
        for directive in ("cors app", "cors off", "cors_audit on", "cors_preflight pass"):
            self.refuses_with(GOOD + f"server {{ location / {{ if ($arg_a) {{ {directive}; }} }} }}",
                              f'"{directive.split()[0]}" directive is not allowed here')

    def test_cors_policy_in_a_server(self):
        self.refuses_with(f"server {{ {GOOD} }}", '"cors_policy" directive is not allowed here')

    def test_twice(self):
        self.refuses_with(GOOD + "server { cors app; cors off; }", '"cors" directive is duplicate')

    def test_words_that_mean_nothing(self):
        for words in ("app observe", "observe", "off off"):
            self.refuses_with(GOOD + f"server {{ cors {words}; }}", '"cors" directive takes the name of a policy')

    def test_unknown_words(self):
        for directive in ("cors_preflight maybe", "cors_audit_log_level loud", "cors_audit maybe",
                          "cors_audit_credentials some"):
            self.refuses_with(f"server {{ {directive}; }}", directive.split()[1])

    def test_without_any_of_them(self):
        self.accepts("server { }")


class Files(ConfigurationTest):
    def test_a_mistake_is_where_it_stands_in_the_document(self):
        self.refuses("cors_policy_file app policies/app.toml;", ("policies/app.toml:3", "(origin-not-serialized)"),
                     files={"policies/app.toml": "origins = [\n 'https://a.example',\n 'https://b.example/',\n]\n"})

    def test_every_mistake(self):
        self.refuses("cors_policy_file app app.toml;", ("app.toml:1", "(unknown-key)"), ("app.toml:3", "(method-forbidden)"),
                     files={"app.toml": "origin = []\norigins = ['https://a.example']\nmethods = ['TRACE']\n"})

    def test_json(self):
        self.refuses("cors_policy_file app app.json;", ("app.json:2", "(origin-invalid)"),
                     files={"app.json": '{ "origins":\n ["a.example"] }\n'})

    def test_bad_syntax(self):
        self.refuses("cors_policy_file app app.toml;", ("app.toml:2", "(syntax)"),
                     files={"app.toml": "max_age = 1\norigins = [\n"})

    def test_no_file(self):
        self.refuses("cors_policy_file app nothing.toml;", (1, "cannot read", "nothing.toml", "No such file"))

    def test_a_folder(self):
        self.refuses("cors_policy_file app policies;", (1, "cannot read", "Is a directory"), files={"policies/a": ""})

    def test_an_environment_that_is_not_there(self):
        self.refuses("cors_policy_file app app.toml production;", (1, "(unknown-environment)"),
                     files={"app.toml": "origins = ['https://a.example']\n"})

    def test_an_empty_file(self):
        self.refuses("cors_policy_file app app.toml;", (1, "(no-origins)"), files={"app.toml": ""})
