//! Help, completions and manual pages, which come from the same definitions.

use crate::program::cors;

const COMMANDS: [&str; 5] = ["explain", "probe", "replay", "completions", "man"];

#[test]
fn every_command_has_help_with_examples() {
    for command in COMMANDS {
        let run = cors(&[command, "--help"]);
        assert_eq!(run.status, Some(0));
        assert!(run.output.contains("Examples:"), "{command}");
        assert!(run.output.contains(&format!("cors {command}")), "{command}");
    }
    let run = cors(&["--help"]);
    assert!(COMMANDS.iter().all(|command| run.output.contains(command)));
}

#[test]
fn every_shell_is_completed() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = cors(&["completions", shell]);
        assert_eq!(run.status, Some(0), "{}", run.errors);
        assert!(run.output.contains("explain") && run.output.contains("credentials"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    assert!(cors(&["man"]).output.contains(".TH cors 1"));
    for command in COMMANDS {
        let run = cors(&["man", command]);
        assert_eq!(run.status, Some(0), "{}", run.errors);
        assert!(run.output.contains(&format!(".TH cors-{command} 1")), "{}", run.output);
    }
    assert_eq!(cors(&["man", "nothing"]).status, Some(2));
}
