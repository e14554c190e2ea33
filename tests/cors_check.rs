//! The CORS check says why it refuses: each refusal has the reason that a person can act on.

use cors_engine::protocol::{Headers, Origin};
use cors_engine::{CredentialsMode, Engine, Reason, cors_check};

fn reason(engine: Engine, allow_origin: &str, credentials: CredentialsMode) -> Reason {
    let origin = Origin::parse("https://a.example").unwrap();
    let lines = [("Access-Control-Allow-Origin", allow_origin)];
    cors_check(engine, &origin, credentials, &Headers::of(&lines)).unwrap_err().reason
}

#[test]
fn a_star_is_refused_for_the_credentials_and_another_origin_as_another() {
    for engine in Engine::ALL {
        let refused = |allow_origin| reason(engine, allow_origin, CredentialsMode::Include);
        assert_eq!(refused("*"), Reason::WildcardAllowOriginWithCredentials, "{engine:?}");
        assert_eq!(refused("https://b.example"), Reason::AllowOriginMismatch, "{engine:?}");
        assert_eq!(refused("**"), Reason::AllowOriginMismatch, "{engine:?}");
    }
}

/// Gecko counts lines, and takes one line with a comma for another origin.
#[test]
fn two_origins_in_one_line_are_several_but_to_gecko() {
    for engine in Engine::ALL {
        let refused = reason(engine, "https://a.example, https://b.example", CredentialsMode::Omit);
        let expected = match engine {
            Engine::Gecko => Reason::AllowOriginMismatch,
            _ => Reason::MultipleAllowOrigin,
        };
        assert_eq!(refused, expected, "{engine:?}");
    }
}
