//! `rapport explain`: the help page of a finding.

use crate::output::{self, Outcome};
use rapport_flow::spelling::nearest;
use rapport_flow::{check, diagnosis};

/// What a finding means, and what to do about it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rapport explain                       list every code\n  rapport explain missing-bearer-prefix"
)]
pub(crate) struct Explain {
    /// The code in square brackets of a finding
    code: Option<String>,
}

impl Explain {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let Some(code) = self.code else {
            for code in codes() {
                output::line(&code);
            }
            return Ok(Outcome::Fine);
        };
        if let Some(page) = page(&code) {
            output::line(&format!("{code}\n\n{}", page.trim()));
            return Ok(Outcome::Fine);
        }
        let all = codes();
        let near = nearest(&code, all.iter().map(String::as_str));
        let hint = near.map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
        anyhow::bail!("there is no finding {code:?}.{hint} `rapport explain` lists them all")
    }
}

fn codes() -> Vec<String> {
    let mut codes: Vec<String> =
        diagnosis::ALL.iter().map(|code| (*code).to_owned()).chain(check::codes()).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The page of the call's diagnosis, else of the check.
fn page(code: &str) -> Option<String> {
    diagnosis::help(code).map(str::to_owned).or_else(|| check::help(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page() {
        for code in codes() {
            assert!(page(&code).is_some_and(|page| page.len() > 80), "{code}");
        }
    }
}
