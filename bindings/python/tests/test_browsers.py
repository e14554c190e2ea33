"""The seven cases of the error guide, in real browsers, against every server integration."""

import cases
import pytest
from conftest import SERVERS, running
from drivers import BROWSERS


@pytest.fixture(scope="module")
def browsers():
    opened = [browser() for browser in BROWSERS]
    yield opened
    for browser in opened:
        browser.close()


@pytest.mark.parametrize("server", SERVERS)
def test_browsers_do_what_the_policy_means(server, browsers):
    with cases.Pages() as pages:
        with running(server, cases.private_policy(pages)) as private, running(server, cases.PUBLIC_POLICY) as public:
            assert cases.run(pages, private, public, browsers) == []
